import { type Acceptor, CloseCode, type Conn, OpCode, TransportError } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { gate, isOver, turns } from "../deadline.js";
import { check, equal, ofCode, rejects } from "../expectations.js";
import type { Harness } from "../harness.js";
import { send } from "../harness.js";
import { bytesOf, textOf } from "../payloads.js";
import { loginByName } from "../test-server.js";

const LOGIN_WAIT_MS = 250;

async function expectRefusal(h: Harness, client: Conn, code: number, reason: string): Promise<void> {
  const error = await rejects(
    h.within(client.readFrame(), "the refusal"),
    "IM_ERR_CLOSED",
    "reading after the refusal",
  );
  equal(error.closeInfo?.code, code, "the close code that the peer reads");
  equal(error.closeInfo?.reason, reason, "the reason that the peer reads");
}

/** Accepts any name as the id, but calls `fail`, which throws, for the name "trouble". */
function throwing(fail: () => never): Acceptor {
  return {
    async accept(conn, options) {
      const id = await loginByName.accept(conn, options);
      return id === "trouble" ? fail() : id;
    },
  };
}

export const refusalCases = {
  "refusal/code-and-reason": {
    rule: "an Acceptor's TransportError closes the connection with its closeCode, its message as the reason",
    async run(h) {
      const refusal = new TransportError("IM_ERR_LOGIN_REFUSED", "wrong password", { closeCode: 4001 });
      const server = await h.startServer({
        acceptor: throwing(() => {
          throw refusal;
        }),
      });
      const client = await h.dial(server);
      send(client, bytesOf("trouble"));
      await expectRefusal(h, client, 4001, "wrong password");
      equal(await server.reported("accept"), refusal, "the error that onError gets");
      equal(server.disconnects.length, 0, "disconnects of a channel that never was");
    },
  },
  "refusal/any-error": {
    rule: "any other error closes the connection with 1008 and its message",
    async run(h) {
      const server = await h.startServer({
        acceptor: throwing(() => {
          throw new Error("no such account");
        }),
      });
      const client = await h.dial(server);
      send(client, bytesOf("trouble"));
      await expectRefusal(h, client, CloseCode.PolicyViolation, "no such account");
    },
  },
  "refusal/internal-error": {
    rule: "a bug in the Acceptor, or a failure of the system behind it, is not shown to the peer",
    async run(h) {
      const secret = "connect ECONNREFUSED 10.0.0.5:5432";
      const failures = [new TypeError(secret), Object.assign(new Error(secret), { syscall: "connect" })];
      for (const failure of failures) {
        const server = await h.startServer({
          acceptor: throwing(() => {
            throw failure;
          }),
        });
        const client = await h.dial(server);
        send(client, bytesOf("trouble"));
        await expectRefusal(h, client, CloseCode.InternalError, "internal error");
      }
    },
  },
  "refusal/after-the-answer": {
    rule: "what the Acceptor wrote before it throws arrives before the Close",
    async run(h) {
      const server = await h.startServer({
        acceptor: {
          accept(conn) {
            conn.writeFrame(OpCode.Binary, bytesOf("status: 401"));
            throw new Error("go away");
          },
        },
      });
      const client = await h.dial(server);
      equal(textOf((await h.readFrame(client)).payload), "status: 401", "the answer that was written before the throw");
      await expectRefusal(h, client, CloseCode.PolicyViolation, "go away");
    },
  },
  "refusal/slow-acceptor": {
    rule: "an Acceptor that does not settle within the login wait is abandoned, and its later result is ignored",
    async run(h) {
      const late = gate<string>();
      const asked = gate<{ timeoutMs: number; signal: AbortSignal }>();
      const server = await h.startServer({
        loginWaitMs: LOGIN_WAIT_MS,
        acceptor: {
          accept(_conn, options) {
            asked.open(options);
            return late.opened;
          },
        },
      });
      const beganMs = performance.now();
      const client = await h.dial(server);
      const { timeoutMs, signal } = await h.within(asked.opened, "the Acceptor to be asked");
      check(timeoutMs > 0 && timeoutMs <= LOGIN_WAIT_MS, `${timeoutMs} ms is what can be left of ${LOGIN_WAIT_MS} ms`);
      const info = await h.within(client.closed, "the client to be closed");
      check(isOver(beganMs, LOGIN_WAIT_MS), "it is not closed before the login wait is over");
      equal(info.code, CloseCode.PolicyViolation, "the close code that the peer reads");
      check(info.reason !== "", "the peer gets a reason");
      ofCode(await server.reported("accept"), "IM_ERR_LOGIN_TIMEOUT", "what onError gets");
      check(signal.aborted, "the Acceptor's signal is aborted");
      late.open("ann");
      await turns(3);
      equal(server.admitted.length, 0, "channels that were admitted");
    },
  },
  "refusal/silent-client": {
    rule: "a client that connects and sends nothing is closed at the login wait, and delays no other",
    async run(h) {
      const server = await h.startServer({ loginWaitMs: LOGIN_WAIT_MS });
      const beganMs = performance.now();
      const silent = await h.dial(server);
      const other = await h.connect(server);
      await h.within(silent.closed, "the silent client to be closed");
      check(isOver(beganMs, LOGIN_WAIT_MS), "it is not closed before the login wait is over");
      ofCode(await server.reported("accept"), "IM_ERR_LOGIN_TIMEOUT", "what onError gets");
      await h.roundTrip(server, other);
    },
  },
  "refusal/empty-id": {
    rule: "an id that is empty or not a string is refused and reported as IM_ERR_EMPTY_ID, and affects no other login",
    async run(h) {
      for (const id of ["", 7 as unknown as string]) {
        const server = await h.startServer({
          acceptor: {
            async accept(conn, options) {
              const name = await loginByName.accept(conn, options);
              return name === "trouble" ? { id } : name;
            },
          },
        });
        const client = await h.dial(server);
        send(client, bytesOf("trouble"));
        const info = await h.within(client.closed, "the client to be closed");
        equal(info.code, CloseCode.InternalError, "the close code that the peer reads");
        ofCode(
          await server.reported("accept"),
          "IM_ERR_EMPTY_ID",
          `what onError gets for the id ${JSON.stringify(id)}`,
        );
        equal(server.admitted.length, 0, "channels that were admitted");
        await h.roundTrip(server, await h.connect(server));
      }
    },
  },
  "refusal/harms-no-other": {
    rule: "an Acceptor that throws, at once or later, whatever it throws, affects no other connection",
    async run(h) {
      let thrown: unknown;
      let throwAtOnce = false;
      const slow = throwing(() => {
        throw thrown;
      });
      const server = await h.startServer({
        acceptor: {
          accept(conn, options) {
            if (throwAtOnce) throw new Error("out of order");
            return slow.accept(conn, options);
          },
        },
      });
      const before = await h.connect(server);
      const reasons: [unknown, string][] = [
        ["no Error at all", "no Error at all"],
        [null, "login refused"],
      ];
      for (const [what, reason] of reasons) {
        thrown = what;
        const refused = await h.dial(server);
        send(refused, bytesOf("trouble"));
        await expectRefusal(h, refused, CloseCode.PolicyViolation, reason);
      }
      throwAtOnce = true;
      await expectRefusal(h, await h.dial(server), CloseCode.PolicyViolation, "out of order");
      throwAtOnce = false;
      await h.roundTrip(server, await h.connect(server));
      await h.roundTrip(server, before);
    },
  },
} satisfies ComplianceCases;
