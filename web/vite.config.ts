import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where the program answers during development: ./andon demo --http 8430.
const program = process.env.ANDON_SERVER ?? 'http://127.0.0.1:8430';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The Kusto language worker reads a Node-style global.
  define: { global: 'globalThis' },
  worker: { format: 'es' },
  server: { port: 8431, strictPort: true, proxy: { '/api': { target: program, changeOrigin: false } } },
  build: {
    outDir: '../src/Andon.Host/wwwroot',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined assets would need data: addresses in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});
