// Mail that the system wrote, as the development mailbox shows it.
import type { Person } from './people';

export type Mail = { id: string; subject: string };

/** Mails to a person whose subject matches, the newest first. */
export async function mailTo(person: Person, subject: RegExp): Promise<Mail[]> {
  const { items } = await person.get<{ items: Mail[] }>(`/dev/mail.json?to=${encodeURIComponent(person.email)}`);
  return items.filter((mail) => subject.test(mail.subject));
}
