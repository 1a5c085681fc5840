/** Seeds that follow each other. */
export interface SeedRange {
  readonly first: number;
  readonly count: number;
}
