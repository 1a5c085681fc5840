// THE DEVELOPMENT LOGIN: it asks for no password, so anybody can sign in under any name. Replace it with your own sign-in, which
// gives a token only to users who prove who they are, before you open the server to others.

const MAX_BYTES = 1_000;

/** Reads `{ "account": … }` and adds the account to the people. @returns the account; undefined if the request has none */
export async function logIn(request, people) {
  const account = nameIn(await textOf(request).catch(() => ""));
  if (account !== undefined) await people.add(account);
  return account;
}

function nameIn(text) {
  try {
    const { account } = JSON.parse(text);
    const name = account.trim();
    return name.length >= 1 && name.length <= 40 ? name : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BYTES ? Buffer.concat(chunks).toString() : "";
}
