/** Somebody who is signed in and asks the API without a page: to prepare what a test needs. */
import type { APIRequest, APIRequestContext, Page } from '@playwright/test';

import { until } from './until';

export const PASSWORD = 'correct horse battery';
const SEEN_MS = 120_000;
/** Engines that start or end, on a slow disk. */
const ANSWER_MS = 120_000;

interface Body {
  csrf?: string;
}

export class Person {
  private constructor(
    private readonly context: APIRequestContext,
    private readonly csrf: string,
  ) {}

  static async signedIn(request: APIRequest, url: string, name: string): Promise<Person> {
    return Person.#by(request, url, '/auth/login', { name, password: PASSWORD });
  }

  /** With the session that a page has, too. */
  static async kept(request: APIRequest, url: string, path: string): Promise<Person> {
    const context = await request.newContext({ extraHTTPHeaders: { Origin: url }, baseURL: url, timeout: ANSWER_MS, storageState: path });
    const { csrf = '' } = (await (await context.get('/api/v1/auth/me')).json()) as Body;
    return new Person(context, csrf);
  }

  static async madeFirst(request: APIRequest, url: string, name: string, code: string): Promise<Person> {
    return Person.#by(request, url, '/auth/setup', { name, password: PASSWORD, code });
  }

  static async #by(request: APIRequest, url: string, path: string, data: object): Promise<Person> {
    const context = await request.newContext({ extraHTTPHeaders: { Origin: url }, baseURL: url, timeout: ANSWER_MS });
    const answer = await context.post(`/api/v1${path}`, { data });
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    const { csrf = '' } = (await answer.json()) as Body;
    return new Person(context, csrf);
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.context.get(`/api/v1${path}`);
    if (!answer.ok()) throw new Error(`GET ${path}: ${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** The same; null: the server is busy, and has to be asked again. */
  async look<T>(path: string): Promise<T | null> {
    const answer = await this.context.get(`/api/v1${path}`);
    if (answer.status() === 429 || answer.status() === 503) return null;
    if (!answer.ok()) throw new Error(`GET ${path}: ${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async write(method: 'POST' | 'PUT' | 'DELETE', path: string, data?: object): Promise<unknown> {
    const headers = { 'X-CSRF-Token': this.csrf };
    const answer = await this.context.fetch(`/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : ((await answer.json()) as unknown);
  }

  /** Until so many rows match: what was sent is stored, and a page that asks now finds it. */
  async hasStored(q: string, rows: number): Promise<void> {
    await until(`${rows} rows of ${q === '' ? 'everything' : q}`, SEEN_MS, async () => {
      const found = await this.look<{ count: number }>(`/logs/count?since=-24h&q=${encodeURIComponent(q)}`);
      return found !== null && found.count >= rows;
    });
  }

  /** The session, for pages. */
  async keep(path: string): Promise<void> {
    await this.context.storageState({ path });
  }

  /** The session, for a page that is there. */
  async lendTo(page: Page): Promise<void> {
    const { cookies } = await this.context.storageState();
    await page.context().addCookies(cookies);
  }

  async leave(): Promise<void> {
    await this.context.dispose();
  }
}
