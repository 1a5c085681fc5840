import { chromium } from "../../browser/browsers/chromium.js";
import { sayWhatIsMissing } from "../../support/say-what-is-missing.js";

export default () => sayWhatIsMissing([chromium]);
