import { OpCode, TransportError } from "@im/transport-core";
import { commands, createResponse, marshal, read } from "@im/wire";
import { decodeLoginReq, encodeLoginResp } from "@im/wire/codec";

/** A login as an application writes it: the first packet is `login.signin`, and its token becomes the channel id. */
export const loginAcceptor = {
  async accept(conn) {
    const { payload } = await conn.readFrame();
    const request = read(payload);
    if (request.command !== commands.loginSignIn) {
      throw new TransportError("IM_ERR_LOGIN_REFUSED", "the first packet must be login.signin");
    }
    const { token } = decodeLoginReq(request.body);
    const body = encodeLoginResp({ channelId: token, account: token });
    conn.writeFrame(OpCode.Binary, marshal(createResponse(request, { body })));
    return { id: token, meta: { account: token } };
  },
};
