// The client's side of a login: wraps the dialer of any transport.
import { OpCode, TransportError } from "@im/transport-core";
import { commands, createRequest, marshal, read, Sequence, Status } from "@im/wire";
import { decodeBody, ErrorRespSchema, encodeBody, LoginReqSchema } from "@im/wire/messages";

/** @param sequence the counter of the client, which goes on with it after the login */
export function tokenDialer(dialer, token, sequence = new Sequence()) {
  return {
    async dialAndHandshake(context) {
      const conn = await dialer.dialAndHandshake(context);
      try {
        await logIn(conn, token, sequence, context.signal);
        return conn;
      } catch (error) {
        conn.destroy();
        throw error;
      }
    },
  };
}

async function logIn(conn, token, sequence, signal) {
  const body = encodeBody(LoginReqSchema, { token });
  conn.writeFrame(OpCode.Binary, marshal(createRequest({ command: commands.loginSignIn, body }, sequence)));
  const { payload } = await conn.readFrame({ signal });
  const response = read(payload);
  if (response.kind === "logic" && response.status === Status.Success) return;
  const { message } = decodeBody(ErrorRespSchema, response.body);
  throw new TransportError("IM_ERR_LOGIN_REFUSED", `login refused with status ${response.status}: ${message}`);
}
