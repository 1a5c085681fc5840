import { commands, createRequest, createResponse, marshal, read, Sequence, Status } from "@im/wire";
import { encodeBody, LoginReqSchema, MessageReqSchema } from "@im/wire/messages";
import { completeTcpFrame, tcpFrame } from "./tcp-frames.mjs";
import { clientFrame, completeServerFrame, OpCode, serverFrame, upgradeAnswer, upgradeRequest } from "./ws-frames.mjs";

/**
 * How the load speaks to a server. A handshake is a list of steps: what is sent, and what the answer must be
 * (`answered(bytes)` gives how many bytes it took, 0 while it is not complete, and throws if it is wrong). After it a
 * message is always the bytes of `request(payload)` and comes back as those of `echo(payload)`.
 */
export const dialects = {
  tcp: {
    handshake: ({ login }) => (login ? [loginStep(login, tcpFrame, completeTcpFrame)] : []),
    request: tcpFrame,
    echo: tcpFrame,
  },
  /** The packets of a gateway, sent back as they are: what a server does that does not read them. */
  unreadPackets: {
    handshake: () => [],
    request: (payload) => tcpFrame(talk(payload)),
    echo: (payload) => tcpFrame(talk(payload)),
  },
  /** Requests to a gateway, and their responses. */
  gateway: {
    handshake: ({ login }) => [loginStep(login, tcpFrame, completeTcpFrame)],
    request: (payload) => tcpFrame(talk(payload)),
    echo: (payload) => tcpFrame(marshal(createResponse(talkRequest(payload), { body: talkBody(payload) }))),
  },
  ws: {
    handshake: ({ login }) => [
      { send: upgradeRequest("/"), answered: upgradeAnswer },
      ...(login ? [loginStep(login, clientFrame, completeServerFrame)] : []),
    ],
    request: clientFrame,
    echo: serverFrame,
  },
  /** LogicPkts on WebSocket, for two users at two gateways. */
  packets: {
    handshake: ({ login }) => dialects.ws.handshake({ login }),
    requestTo: (user, payload) => {
      const talk = { command: commands.chatUserTalk, dest: user, body: payload };
      return clientFrame(marshal(createRequest(talk, new Sequence())));
    },
  },
  /** WebSocket frames as a server writes them, on a bare socket: for node:net as the floor of a broadcast. It greets. */
  bareWs: { handshake: () => [{ answered: beginsWith("") }], request: serverFrame, echo: serverFrame },
  /** Engine.IO 4 and Socket.IO 5: text messages that begin with two digits of their types. */
  socketIo: {
    handshake: ({ login = "" }) => [
      { send: upgradeRequest(`/socket.io/?EIO=4&transport=websocket&user=${login}`), answered: upgradeAnswer },
      { answered: beginsWith("0{") },
      { send: clientFrame(Buffer.from("40"), OpCode.text), answered: beginsWith("40") },
    ],
    request: (payload) => clientFrame(event(payload), OpCode.text),
    /** With an acknowledgement, as packets are answered. */
    requestTo: (user, payload) => clientFrame(Buffer.from(`420["talk","${user}","${payload}"]`), OpCode.text),
    echo: (payload) => serverFrame(event(payload), OpCode.text),
  },
};

const talkBody = (payload) => encodeBody(MessageReqSchema, { type: 1, body: payload.toString("latin1") });
const talkRequest = (payload) =>
  createRequest({ command: "chat.user.talk", dest: "user1", body: talkBody(payload) }, new Sequence());
const talk = (payload) => marshal(talkRequest(payload));

const event = (payload) => Buffer.from(`42["m","${payload.toString("latin1")}"]`);

function beginsWith(text) {
  return (bytes) => {
    const frame = completeServerFrame(bytes);
    if (!frame) return 0;
    if (!frame.payload.toString("latin1").startsWith(text)) throw new Error(`handshake answered ${frame.payload}`);
    return frame.bytes;
  };
}

function loginStep(token, frame, completeFrame) {
  const body = encodeBody(LoginReqSchema, { token });
  const request = createRequest({ command: commands.loginSignIn, body }, new Sequence());
  return {
    send: frame(marshal(request)),
    answered(bytes) {
      const answer = completeFrame(bytes);
      if (!answer) return 0;
      if (read(answer.payload).status !== Status.Success) throw new Error("the login was refused");
      return answer.bytes;
    },
  };
}
