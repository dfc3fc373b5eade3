// Mail that the system wrote, as the development mailbox shows it.
import { expect } from '@playwright/test';
import type { Person } from './people';

export type Mail = { id: string; subject: string; text: string };

/** Mails to a person whose subject matches, the newest first. */
export async function mailTo(person: Person, subject: RegExp, address = person.email): Promise<Mail[]> {
  const { items } = await person.get<{ items: Mail[] }>(`/dev/mail.json?to=${encodeURIComponent(address)}`);
  return items.filter((mail) => subject.test(mail.subject));
}

/** Waits for a mail whose subject matches; the address of the first link in it, if there is one. */
export async function linkIn(person: Person, subject: RegExp, address = person.email): Promise<string> {
  let mail: Mail | undefined;
  await expect.poll(async () => (mail = (await mailTo(person, subject, address))[0]), { message: `${subject}` }).toBeTruthy();
  return /^https?:\S+$/m.exec(mail!.text)?.[0] ?? '';
}
