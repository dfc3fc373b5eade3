// What a buyer does on the pages, as the specs of several journeys need it.
import { expect, type Page } from '@playwright/test';
import type { Show } from './people';
import { hydrated, visit } from './test';

export type Card =
  'Good card' | 'Declined card' | 'Card with a challenge' | 'Slow card (timeout)' | 'Late confirmation';

/** Holds what the show's page offers first, and ends on the checkout. */
export async function holdOnPage(page: Page, show: Show): Promise<string> {
  await visit(page, `/shows/${show.id}`);
  await page.getByRole('button', { name: 'Hold 2 tickets' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pay for your tickets' })).toBeVisible();
  await hydrated(page);
  return new URL(page.url()).pathname;
}

/** Pays with one of the test cards. */
export async function payWith(page: Page, card: Card): Promise<void> {
  await page.getByRole('radio', { name: card, exact: true }).check();
  await page.getByRole('button', { name: /^Pay / }).click();
}

/** Waits for the result of a purchase: that many codes, each of them drawn. */
export async function seesCodes(page: Page, count: number): Promise<void> {
  const codes = page.getByRole('img', { name: /^QR code / });
  await expect(codes).toHaveCount(count, { timeout: 30_000 });
  for (const code of await codes.all()) {
    await code.scrollIntoViewIfNeeded();
    await expect.poll(() => code.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  }
}

/** Nothing is wider than the window. */
export async function fits(page: Page): Promise<void> {
  const wider = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    return [`${root.scrollWidth} > ${root.clientWidth}`, ...over.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
  });
  expect(wider, `${page.url()} scrolls sideways`).toEqual([]);
}
