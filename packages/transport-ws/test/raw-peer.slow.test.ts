import { describeRawPeers } from "@im/test-support/raw-peer";
import { rawWs } from "./support/raw-ws.js";

describeRawPeers(rawWs);
