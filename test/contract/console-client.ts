/** One person's browser without a screen: keeps the cookie, takes tokens from pages, posts forms as the console's script does. */
export interface ConsoleClient {
  /** HTML of a page. */
  page(path: string): Promise<string>;
  /** Posts a form of the page at `from`. The same `nonce` is the same delivery. */
  post(action: string, fields: Readonly<Record<string, string>>, more?: PostMore): Promise<Posted>;
}
export interface PostMore {
  readonly nonce?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Posted {
  readonly status: number;
  readonly ok: boolean;
  readonly html: string;
  readonly sentence: string;
  readonly go: string | null;
}

/** Signs in as a person where the console is open to this machine; answers the cookie of the session. */
export async function sessionCookie(baseUrl: string, person: string): Promise<string> {
  const signIn = await fetch(`${baseUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: baseUrl, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ person }),
  });
  const cookie = signIn.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`${person} could not sign in: ${signIn.status}`);
  return cookie;
}

export async function signedIn(baseUrl: string, person: string): Promise<ConsoleClient> {
  const cookie = await sessionCookie(baseUrl, person);
  const page = async (path: string): Promise<string> => (await fetch(`${baseUrl}${path}`, { headers: { cookie } })).text();
  return {
    page,
    async post(action, fields, { nonce, headers } = {}) {
      const drawn = await page('/switches');
      const tokens = { csrf: hiddenIn(drawn, 'csrf'), nonce: nonce ?? hiddenIn(drawn, 'nonce'), back: '/' };
      const response = await fetch(`${baseUrl}${action}`, {
        method: 'POST',
        headers: { cookie, origin: baseUrl, accept: 'application/json', ...headers },
        body: new URLSearchParams({ ...tokens, ...fields }),
      });
      const answer = (await response.json()) as Partial<Posted>;
      return { status: response.status, ok: false, html: '', sentence: '', go: null, ...answer };
    },
  };
}

/** Value of the first hidden field of this name. */
export function hiddenIn(html: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
  if (value === undefined) throw new Error(`the page has no field ${name}`);
  return value;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** What a person reads of a piece of HTML. */
export function textIn(html: string): string {
  const words = html.replaceAll('<br>', '\n').replaceAll(/<[^>]*>/g, ' ');
  return words.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => ENTITIES[name] ?? '').trim();
}
