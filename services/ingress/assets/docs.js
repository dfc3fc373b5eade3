// Renders each service's OpenAPI document below its heading. Everything is built from text nodes: nothing
// that a document says can become markup.
const METHODS = ["get", "post", "put", "patch", "delete"];
const MAX_DEPTH = 6;

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function resolve(root, schema) {
  if (!schema || !schema.$ref) return schema;
  return schema.$ref.replace("#/", "").split("/").reduce((node, key) => node && node[key], root);
}

// An example of a schema's shape, with types in place of values.
function shape(root, schema, depth = 0) {
  const found = resolve(root, schema);
  if (!found || depth > MAX_DEPTH) return "…";
  if (found.enum) return found.enum.join(" | ");
  const choices = found.oneOf || found.anyOf;
  if (choices) return choices.length === 1 ? shape(root, choices[0], depth) : choices.map((one) => shape(root, one, depth + 1));
  if (found.allOf) return Object.assign({}, ...found.allOf.map((one) => shape(root, one, depth)));
  const type = [found.type].flat().filter((word) => word !== "null")[0];
  if (type === "array") return [shape(root, found.items, depth + 1)];
  if (found.properties) {
    const required = new Set(found.required || []);
    const entries = Object.entries(found.properties);
    return Object.fromEntries(entries.map(([key, value]) => [required.has(key) ? key : key + "?", shape(root, value, depth + 1)]));
  }
  return found.format ? type + " (" + found.format + ")" : type || "any";
}

function rows(caption, pairs) {
  if (pairs.length === 0) return "";
  const body = pairs.map(([name, text]) => element("tr", {}, element("th", { scope: "row" }, element("code", {}, name)), element("td", {}, text)));
  return element("table", {}, element("caption", {}, caption), ...body);
}

function body(root, title, content) {
  const schema = content && Object.values(content)[0] && Object.values(content)[0].schema;
  if (!schema) return "";
  return element("div", {}, element("p", {}, title), element("pre", {}, JSON.stringify(shape(root, schema), null, 2)));
}

function operation(root, path, method, operation) {
  const parameters = (operation.parameters || []).map((one) => resolve(root, one));
  const responses = Object.entries(operation.responses || {}).map(([status, one]) => [status, resolve(root, one)]);
  const success = responses.find(([status]) => status.startsWith("2"));
  const request = resolve(root, operation.requestBody);
  return element(
    "details",
    { id: method + path.replaceAll("/", "-") },
    element("summary", {}, element("b", { class: "method" }, method.toUpperCase()), element("span", { class: "path" }, path), " ", operation.summary || ""),
    element("p", {}, operation.description || ""),
    rows("Parameters", parameters.map((one) => [one.name, one.in + (one.required ? ", required. " : ". ") + (one.description || "")])),
    body(root, "Request", request && request.content),
    rows("Answers", responses.map(([status, one]) => [status, (one && one.description) || ""])),
    body(root, "On success", success && success[1] && success[1].content),
  );
}

async function show(section) {
  const note = element("p", { role: "status" }, "Loading…");
  section.append(note);
  try {
    const response = await fetch(section.dataset.document);
    if (!response.ok) throw new Error(String(response.status));
    const root = await response.json();
    const operations = Object.entries(root.paths || {}).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => operation(root, path, method, item[method])),
    );
    note.replaceWith(...operations);
  } catch {
    note.textContent = "This service is not answering right now.";
  }
}

for (const section of document.querySelectorAll("[data-document]")) show(section);
