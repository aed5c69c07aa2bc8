// Shows the description that the server gives of itself. Everything is written as text.
const main = document.getElementById("routes");
const groups = document.getElementById("groups");
const key = new URLSearchParams(location.search).get("api_key");

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child != null));
  return made;
}

let description;
const named = (reference) => reference.split("/").pop();
const resolve = (schema) => (schema?.$ref ? description.components.schemas[named(schema.$ref)] : schema);

// A schema as a type, the way TypeScript writes it; what it refers to is spelled out twice at most.
function type(schema, depth = 0, indent = "") {
  if (schema == null || schema === true) return "any";
  if (schema.$ref) {
    return depth > 2 ? named(schema.$ref) : type(resolve(schema), depth + 1, indent);
  }
  const any = schema.oneOf ?? schema.anyOf;
  if (any) return any.map((one) => type(one, depth, indent)).join(" | ");
  if (schema.allOf) return schema.allOf.map((one) => type(one, depth, indent)).join(" & ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const types = [schema.type].flat();
  return types
    .map((one) => {
      if (one === "array") return `${type(schema.items, depth, indent)}[]`;
      if (one !== "object") return one ?? "any";
      if (schema.properties == null) {
        return schema.additionalProperties ? `{ [key]: ${type(schema.additionalProperties, depth, indent)} }` : "{}";
      }
      const inner = `${indent}  `;
      const lines = Object.entries(schema.properties).map(([name, property]) => {
        const mark = schema.required?.includes(name) ? "" : "?";
        const said = property.description ? `  // ${property.description.split("\n")[0]}` : "";
        return `${inner}${name}${mark}: ${type(property, depth + 1, inner)};${said}`;
      });
      return `{\n${lines.join("\n")}\n${indent}}`;
    })
    .join(" | ");
}

function table(rows) {
  return element(
    "table",
    {},
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))))),
  );
}

function bounds(schema = {}) {
  const said = [type(schema)];
  if (schema.minimum != null || schema.maximum != null) said.push(`${schema.minimum ?? ""}..${schema.maximum ?? ""}`);
  if (schema.maxLength != null) said.push(`up to ${schema.maxLength} characters`);
  if (schema.pattern) said.push(schema.pattern);
  return said.join(", ");
}

function route(path, method, operation) {
  const rule = operation["x-access"] ?? "";
  const more = element("div", { className: "more" });
  const details = element(
    "details",
    {},
    element(
      "summary",
      {},
      element("span", { className: `method ${method}` }, method.toUpperCase()),
      element("code", {}, path),
      element("span", { className: `rule ${rule}`, title: "Who may use it" }, rule),
      element("span", { className: "what" }, operation.summary ?? ""),
    ),
    more,
  );
  // Filled when it is opened: there are many.
  details.addEventListener("toggle", () => {
    if (!details.open || more.childElementCount) return;
    if (operation.description) more.append(element("p", {}, operation.description));
    const parameters = operation.parameters ?? [];
    if (parameters.length) {
      const rows = parameters.map((parameter) => [
        element("code", {}, parameter.name + (parameter.required ? "" : "?")),
        element("code", {}, bounds(parameter.schema)),
        parameter.description ?? "",
      ]);
      more.append(element("h3", {}, "Parameters"), table(rows));
    }
    for (const [kind, content] of Object.entries(operation.requestBody?.content ?? {})) {
      more.append(element("h3", {}, `Body, ${kind}`), element("pre", {}, type(content.schema)));
    }
    more.append(element("h3", {}, "Answers"));
    for (const [status, answer] of Object.entries(operation.responses)) {
      const [kind, content] = Object.entries(answer.content ?? {})[0] ?? [];
      more.append(table([[element("code", {}, status), answer.description, element("code", {}, kind ?? "")]]));
      if (content?.schema && kind !== "application/problem+json") {
        more.append(element("pre", {}, type(content.schema)));
      }
    }
  });
  details.dataset.words = `${method} ${path} ${rule} ${operation.summary ?? ""} ${operation.description ?? ""}`.toLowerCase();
  return details;
}

async function show() {
  const answer = await fetch("/api/v1/openapi.json", key ? { headers: { "X-API-Key": key } } : {});
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  description = await answer.json();
  document.getElementById("about").textContent = `${description.info.version}. ${description.info.description}`;
  main.replaceChildren();
  for (const group of description.tags) {
    const found = [];
    for (const [path, item] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.tags?.includes(group.name)) found.push(route(path, method, operation));
      }
    }
    if (!found.length) continue;
    const heading = element("h2", { id: group.name }, group.name);
    main.append(element("section", {}, heading, element("p", { className: "quiet" }, group.description), ...found));
    groups.append(element("li", {}, element("a", { href: `#${group.name}` }, group.name)));
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

document.getElementById("find").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of main.children) {
    let shown = 0;
    for (const details of section.querySelectorAll("details")) {
      details.hidden = !words.every((word) => details.dataset.words.includes(word));
      shown += !details.hidden;
    }
    section.hidden = shown === 0;
  }
});

show().catch((error) => {
  main.replaceChildren(element("p", {}, `The description cannot be shown: ${error.message}. Try again.`));
});
