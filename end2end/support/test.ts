// The `test` of every spec: it fails on any console error and anything missing, and `visit` checks each page for accessibility.
import { test as base, expect, type Browser, type BrowserContext, type Page, type Response } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { createHash } from 'node:crypto';
import { People } from './people';

/** Chromium writes this line for every status of 400 or more; `isExpected` judges the answers themselves. */
const REFUSED = /Failed to load resource: the server responded with a status of/;
/** What a stream or a look at the page may be answered once its session has ended, or while nobody can tell. */
const SESSION_ENDED = [401, 403, 429, 503];

export const test = base.extend<{ people: People }>({
  people: async ({ browser, baseURL }, use, info) => {
    const people = new People(browser, baseURL!, info.project.use.javaScriptEnabled !== false, watch);
    await use(people);
    await people.leave();
  },
  page: async ({ page }, use) => {
    const check = watch(page);
    await use(page);
    check();
  },
});

/** Collects what the page complains about; the function that it returns fails the test if there was anything. */
function watch(page: Page): () => void {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) errors.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !isExpected(response)) errors.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return () => expect(errors, 'console errors').toEqual([]);
}

/**
 * A page may say that it is refused, and what follows a session may find that it has ended. A file, a picture or a
 * stylesheet that is not there is a fault, and so is every answer that says that we are broken.
 */
function isExpected(response: Response): boolean {
  const [status, request] = [response.status(), response.request()];
  if (request.isNavigationRequest()) return status < 500 || status === 503;
  return ['fetch', 'eventsource'].includes(request.resourceType()) && SESSION_ENDED.includes(status);
}

/** Islands that are not hydrated yet lose clicks. Without JavaScript there is nothing to wait for. */
export async function hydrated(page: Page): Promise<void> {
  const scripted = await page.locator('noscript').count().then(() => test.info().project.name !== 'nojs');
  if (scripted) await expect(page.locator('html[data-hydrated]')).toHaveCount(1);
}

/** Goes to a page and checks it. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await checked(page);
}

/** Checks the page that is shown: one h1, a title, and nothing that axe finds (WCAG 2.2 A and AA, best practice). */
export async function checked(page: Page): Promise<void> {
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/\S/);
  const key = await rendering(page);
  if (accessible.has(key)) return;
  const violations = await withScripts(page, async (rendered) => {
    const found = await new AxeBuilder({ page: rendered })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    return found.violations;
  });
  const problems = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(problems, `accessibility of ${page.url()}`).toEqual([]);
  accessible.add(key);
}

/** Renderings in which this worker's axe has found nothing. */
const accessible = new Set<string>();

/**
 * What axe judges of a page: its route, its size and, of every element, where it is, how it looks and in which state it
 * is. Text counts as there or not there, and any number of equal elements as two.
 */
async function rendering(page: Page): Promise<string> {
  const elements = await page.evaluate(() => {
    const states = /^(class|role|type|lang|tabindex|hidden|disabled|checked|selected|required|open|autocomplete|aria-.*)$/;
    const words = /^(alt|title|placeholder|aria-(label|valuetext|roledescription))$/;
    const references = /^(for|aria-(labelledby|describedby|controls|owns|errormessage))$/;
    const judged = ({ name, value }: Attr): string[] => {
      if (words.test(name)) return [`${name}=${value.trim() !== ''}`];
      if (references.test(name)) return [`${name}=${value.split(/\s+/).every((id) => document.getElementById(id) !== null)}`];
      return states.test(name) ? [`${name}=${value}`] : [];
    };
    const counts = new Map<string, number>();
    const path = new Map<Element, string>();
    for (const element of document.querySelectorAll('*')) {
      const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const own = `${element.tagName}${text ? '+' : ''}[${[...element.attributes].flatMap(judged).join(' ')}]`;
      const whole = `${element.parentElement ? path.get(element.parentElement) : ''}>${own}`;
      path.set(element, whole);
      counts.set(whole, Math.min(2, (counts.get(whole) ?? 0) + 1));
    }
    return [...counts].map(([whole, count]) => `${whole}*${count}`).sort().join('\n');
  });
  const route = new URL(page.url()).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');
  const structure = createHash('sha256').update(elements).digest('hex');
  return `${test.info().project.name} ${page.viewportSize()?.width} ${route} ${structure}`;
}

/**
 * axe is a script, so where JavaScript is off it looks at a copy: what the server rendered and the visitor entered, in a
 * page that has JavaScript but none of ours.
 */
async function withScripts<T>(page: Page, look: (page: Page) => Promise<T>): Promise<T> {
  if (test.info().project.name !== 'nojs') return look(page);
  const body = (await page.content()).replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '');
  const copy = await (await scripting(page.context().browser()!)).newPage();
  try {
    await copy.setViewportSize(page.viewportSize()!);
    await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
    await copy.goto(page.url());
    return await look(copy);
  } finally {
    await copy.close();
  }
}

/** One browser with JavaScript per worker; it ends with the worker. */
const scripted = new WeakMap<Browser, Promise<BrowserContext>>();

function scripting(browser: Browser): Promise<BrowserContext> {
  const context = scripted.get(browser) ?? browser.newContext({ javaScriptEnabled: true });
  scripted.set(browser, context);
  return context;
}

export { expect };
