import { sayWhatIsMissing } from "../../support/say-what-is-missing.js";
import { browserKinds } from "../browsers/index.js";

export default () => sayWhatIsMissing(browserKinds);
