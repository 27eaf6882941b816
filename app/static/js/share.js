/** The address of the page in, the dialog with codes and links for other sites out. */

/** Make the link "embed or share" open a dialog over the map; links to other languages follow the address. */
export function listenToShare() {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const choice = event.target.closest("a[data-choice]");
    if (choice) choice.href = withView(choice.href, choice.dataset.choice);
    const link = event.target.closest("a[data-share]");
    if (!link) return;
    event.preventDefault();
    open(link);
  });
  listenToCopy(document);
}

/** Return an address with the present filter and view, and the choice that its own query makes. */
function withView(href, name) {
  const address = new URL(href);
  const query = new URLSearchParams(location.search);
  query.set(name, address.searchParams.get(name));
  query.delete("cursor");
  address.search = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return address.href;
}

async function open(link) {
  const address = new URL(link.href);
  address.search = location.search;
  const response = await fetch(address);
  if (!response.ok) {
    location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const dialog = document.getElementById("share-dialog");
  const content = document.adoptNode(page.getElementById("share"));
  dialog.querySelector(".share-content").replaceChildren(content);
  dialog.addEventListener("close", () => link.focus(), { once: true });
  dialog.showModal();
}

function listenToCopy(root) {
  root.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      isCopied = true;
    } catch {
      isCopied = document.execCommand("copy");
    }
    const told = button.parentElement.querySelector("[role=status]");
    told.textContent = isCopied ? button.dataset.done : button.dataset.failed;
  });
}
