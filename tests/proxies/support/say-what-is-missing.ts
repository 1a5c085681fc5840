import { sayWhatIsMissing } from "../../support/say-what-is-missing.js";
import { proxyKinds } from "../proxies/index.js";

export default () => sayWhatIsMissing(proxyKinds);
