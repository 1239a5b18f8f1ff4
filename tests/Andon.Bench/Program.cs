using Andon.Bench;

// Benchmarks: `./bench NAME [ARGS]`. Each prints figures with a floor or a peer measured in the same run; none asserts a time.
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Andon.slnx"))) root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No Andon.slnx above the benchmarks.");

switch (args)
{
    case ["kill", .. var rest]: return await KillBench.Run(rest, root);
    default:
        Console.Error.WriteLine("Usage: ./bench kill [KILLS]");
        return 2;
}
