// The server's side of a login: the first packet is `login.signin`, and its token becomes the channel id.
import { OpCode, TransportError } from "@im/transport-core";
import { commands, createResponse, marshal, read, Status } from "@im/wire";
import { decodeBody, ErrorRespSchema, encodeBody, LoginReqSchema, LoginRespSchema } from "@im/wire/messages";

export const tokenAcceptor = {
  async accept(conn, { signal }) {
    const request = read(await firstMessage(conn, signal));
    if (request.kind !== "logic" || request.command !== commands.loginSignIn) {
      refuse(conn, request, Status.InvalidCommand, "the first packet must be login.signin");
    }
    const { token } = decodeBody(LoginReqSchema, request.body);
    if (token === "") refuse(conn, request, Status.Unauthorized, "the token is empty");

    answer(conn, request, Status.Success, encodeBody(LoginRespSchema, { channelId: token, account: token }));
    return { id: token, meta: { account: token } };
  },
};

/** The first frame that is no heartbeat. */
async function firstMessage(conn, signal) {
  for (;;) {
    const { opCode, payload } = await conn.readFrame({ signal });
    if (opCode === OpCode.Ping) conn.writeFrame(OpCode.Pong, payload);
    else if (opCode !== OpCode.Pong) return payload;
  }
}

function answer(conn, request, status, body) {
  conn.writeFrame(OpCode.Binary, marshal(createResponse(request, { status, body })));
}

/** Answers with a status. What was written leaves before the connection is closed. */
function refuse(conn, request, status, message) {
  if (request.kind === "logic") answer(conn, request, status, encodeBody(ErrorRespSchema, { message }));
  throw new TransportError("IM_ERR_LOGIN_REFUSED", message);
}
