// Asks the browser for a passkey, and sends the form around the button with what comes back.
// Loaded only by pages with such a button; without it the page offers its other ways.
const supported = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

for (const button of supported ? document.querySelectorAll('button[data-passkey]') : []) {
  button.hidden = false;
  document.getElementById(button.dataset.instead).hidden = true;
  button.addEventListener('click', () => ask(button));
  // A form that makes a passkey is for nothing else: the Enter key in one of its fields presses the button.
  if (button.dataset.passkey === 'create') {
    button.form.addEventListener('submit', (event) => {
      if (button.form.elements[button.dataset.field].value !== '') return;
      event.preventDefault();
      if (!button.disabled) ask(button);
    });
  }
}

/** What we refused ourselves, in words for people; the browser's own errors are not. */
class Refused extends Error {}

/** What the browser is to be asked for. */
async function asked(options) {
  const answer = await fetch(options, { method: 'POST' });
  // What stands between us and the browser may answer anything.
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(body?.detail ?? '');
  return body;
}

async function ask(button) {
  const { passkey, options, field, problem } = button.dataset;
  const words = document.getElementById(problem);
  words.hidden = true;
  button.disabled = true;
  try {
    const publicKey = await asked(options);
    const credential = passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
    button.form.elements[field].value = JSON.stringify(credential);
    button.form.submit();
  } catch (error) {
    // The browser says nothing of why: its owner let it be, or there is no such passkey.
    const ours = error instanceof Refused && error.message;
    words.textContent = ours || 'That did not work, or was cancelled. Try again, or use another way.';
    words.hidden = false;
    button.disabled = false;
  }
}
