// No buyer's page scrolls sideways, on the smallest phone, a tablet and a desktop.
import { fits } from '../support/buying';
import { checked, test } from '../support/test';

for (const width of [360, 768, 1440]) {
  test(`the buyer's pages fit ${width} pixels`, async ({ people }) => {
    const seller = await people.user();
    const title = 'The Extraordinarily Uninterrupted Slack-Water-Symphony of Donaudampfschifffahrtsgesellschaft';
    const show = await seller.show({ title });
    const seated = await seller.show({ seats: Array.from({ length: 60 }, (_, i) => `${'ABC'[i % 3]}${1 + Math.floor(i / 3)}`) });
    const buyer = await people.user();
    await buyer.page.setViewportSize({ width, height: 900 });
    const bought = await buyer.buy(show, 2);
    const ended = await buyer.hold(await seller.show(), 1);
    await buyer.api.delete(`/api/orders/${ended.id}`, { headers: { origin: process.env.BASE_URL ?? 'http://localhost:3000' } });
    const held = await buyer.hold(show, 1);
    const paths = [
      '/', '/?q=no-such-show', `/shows/${show.id}`, `/shows/${seated.id}`, `/orders/${held.id}`,
      `/orders/${bought.order.id}`, `/orders/${ended.id}`, '/orders', '/tickets', `/tickets/${bought.tickets[0].id}`,
    ];
    for (const path of paths) {
      await buyer.page.goto(path);
      await fits(buyer.page);
      // What axe finds hangs on the layout of the phone or on none; other specs look at the desktop's.
      if (width === 360) await checked(buyer.page);
    }
  });
}
