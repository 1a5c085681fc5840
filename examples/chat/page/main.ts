import { serverAt } from "../shared/server-api.js";
import { ChatPage } from "./chat-page.js";
import { accountOfTab, deviceOfTab, rememberAccount } from "./tab.js";
import { askForAccount } from "./views/login-view.js";

const server = await serverAt(location.origin);
const account = accountOfTab() ?? (await askForAccount(server.people));
rememberAccount(account);
new ChatPage(account, await deviceOfTab(), server).open();
