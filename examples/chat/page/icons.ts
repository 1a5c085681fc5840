import type { Tick } from "../shared/chat-views.js";

const SVG = "http://www.w3.org/2000/svg";

/** Paths in a square of 20. */
const paths = {
  back: "M12.500 4.500 7 10l5.500 5.500",
  send: "M4 10h11M10.500 5.500 15 10l-4.500 4.500",
  group:
    "M7.500 10a2.750 2.750 0 1 0 0-5.500 2.750 2.750 0 0 0 0 5.500ZM2.500 16c.4-2.600 2.300-4 5-4s4.600 1.400 5 4M13 10a2.500 2.500 0 0 0 0-5M14.800 12.400c1.500.6 2.400 1.800 2.700 3.600",
  plus: "M10 4.500v11M4.500 10h11",
  link: "M8.500 11.500l3-3M9.500 6.500l1.200-1.200a3 3 0 0 1 4.200 4.200l-1.200 1.200M10.500 13.500l-1.200 1.200a3 3 0 0 1-4.200-4.200l1.200-1.200",
  leave: "M11.500 4.500h-5a1.500 1.500 0 0 0-1.500 1.500v8a1.500 1.500 0 0 0 1.500 1.500h5M9 10h7.500M13.500 7l3 3-3 3",
  waiting: "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM10 6.500V10l2.500 1.500",
  sent: "M4.500 10h9M10 6l4 4-4 4",
  refused: "M10 3.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM10 6.500v4M10 13.300v.2",
  stored: "M5 10.500l3.500 3.500L15.500 6.500",
  received: "M1.500 10.500 5 14l7-7.500M9 13.200l.8.8 8-8.500",
  read: "M1.500 10.500 5 14l7-7.500M9 13.200l.8.8 8-8.500",
} as const satisfies Record<Tick | string, string>;

/** A drawing that is hidden from screen readers: text beside it has the meaning. */
export function icon(name: keyof typeof paths): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 20 20",
    class: `icon icon-${name}`,
    "aria-hidden": "true",
  })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
