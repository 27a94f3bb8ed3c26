// Bundles src/ into dist/. The same sources and versions give the same bytes.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await build({
  entryPoints: { app: "src/main.js" },
  outdir: "dist",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
});
await build({ entryPoints: ["src/app.css"], outdir: "dist", bundle: true, minify: true });
await copyFile("src/index.html", "dist/index.html");
const version = JSON.parse(await readFile("node_modules/three/package.json")).version;
const license = await readFile("node_modules/three/LICENSE", "utf8");
await writeFile("dist/LICENSES.txt", `app.js contains three.js ${version}, https://threejs.org\n\n${license}`);
