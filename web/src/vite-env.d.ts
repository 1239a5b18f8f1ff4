/// <reference types="vite/client" />
declare module 'monaco-editor/esm/vs/editor/editor.all.js';
declare module '*?worker' {
  const create: new () => Worker;
  export default create;
}
