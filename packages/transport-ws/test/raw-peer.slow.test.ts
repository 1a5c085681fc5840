import { describeRawPeers } from "@im/transport-compliance/raw-peer";
import { rawWs } from "./support/raw-ws.js";

describeRawPeers(rawWs);
