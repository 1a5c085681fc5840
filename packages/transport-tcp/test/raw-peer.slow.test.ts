import { describeRawPeers } from "@im/transport-compliance/raw-peer";
import { rawTcp } from "./support/raw-tcp.js";

describeRawPeers(rawTcp);
