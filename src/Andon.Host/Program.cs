using Andon.Host.Cli;
using Andon.Store.Engine;

// The engine worker is this very program in a process of its own; nobody types this verb.
if (args is ["engine", ..]) return await EngineWorker.Main(args[1..]);
return await Verbs.Run(args);
