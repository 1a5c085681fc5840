import fc from "fast-check";

// A mutant must not survive one run and die in the next.
fc.configureGlobal({ seed: 1 });
