import type { TestSchema } from "./schemas.js";

/** Who waits for this advisory lock has an id, and has not committed. */
export const HELD_BACK = 7;

/** As with a serial column: an id is given, and committed a while later. The first one waits for {@link HELD_BACK}. */
export async function giveIdsBeforeTheLock(schema: TestSchema): Promise<void> {
  const firstId = 1_000_000_000_000_000_000n;
  await schema.run(`CREATE SEQUENCE $schema.ids START ${firstId} INCREMENT 1000`);
  await schema.run(`CREATE OR REPLACE FUNCTION $schema.lock_ids(_now_ms bigint, _wait_ms integer) RETURNS bigint
    LANGUAGE plpgsql VOLATILE AS $$ DECLARE _id bigint := nextval('$schema.ids');
    BEGIN
      IF _id = ${firstId} THEN PERFORM pg_advisory_xact_lock_shared(${HELD_BACK}); END IF;
      PERFORM pg_sleep(random() * 0.03);
      RETURN _id;
    END $$`);
}

/** No idempotency key is kept. */
export async function forgetKeys(schema: TestSchema): Promise<void> {
  await schema.run("CREATE FUNCTION $schema.forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
  await schema.run(
    "CREATE TRIGGER forget BEFORE INSERT ON $schema.keys FOR EACH ROW EXECUTE FUNCTION $schema.forget()",
  );
}
