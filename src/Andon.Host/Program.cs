using Andon.Store.Engine;

if (args is ["engine", ..]) return await EngineWorker.Main(args[1..]);
return 0;
