import { describeRawPeers } from "@im/test-support/raw-peer";
import { rawTcp } from "./support/raw-tcp.js";

describeRawPeers(rawTcp);
