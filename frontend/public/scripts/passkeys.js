// Asks the browser for a passkey, and sends the form around the button with what comes back.
// Loaded only by pages with such a button; without it the page offers its other ways.
const supported = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

for (const button of supported ? document.querySelectorAll('button[data-passkey]') : []) {
  button.hidden = false;
  document.getElementById(button.dataset.instead).hidden = true;
  button.addEventListener('click', () => ask(button));
}

async function ask(button) {
  const { passkey, options, field, problem } = button.dataset;
  const words = document.getElementById(problem);
  words.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(options, { method: 'POST' });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const asked = await answer.json();
    const credential = passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    button.form.elements[field].value = JSON.stringify(credential);
    button.form.submit();
  } catch (error) {
    // The browser says nothing of why: its owner let it be, or there is no such passkey.
    const ours = !(error instanceof DOMException) && error.message;
    words.textContent = ours || 'That did not work, or was cancelled. Try again, or use another way.';
    words.hidden = false;
    button.disabled = false;
  }
}
