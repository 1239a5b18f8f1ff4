using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Andon.Tests.Power.Cut;

/// <summary>
/// The layer between a program and libc, compiled on first use by the machine's C compiler. It journals what a program does to a folder, and
/// makes calls fail when told.
/// </summary>
sealed class CutLayer
{
    readonly string library;

    CutLayer(string library) => this.library = library;

    /// <summary>Compiles the layer into a folder; null with a reason where that cannot be done.</summary>
    public static (CutLayer? Layer, string Why) Make(string folder)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return (null, "The layer is for Linux on x86-64.");
        var compiler = new[] { "gcc", "cc", "clang" }.Select(c => Path.Combine("/usr/bin", c)).FirstOrDefault(File.Exists);
        if (compiler is null) return (null, "There is no C compiler: install one (Debian: apt-get install gcc libc6-dev).");
        var (source, made) = (Path.Combine(folder, "layer.c"), Path.Combine(folder, "layer.so"));
        using (var text = typeof(CutLayer).Assembly.GetManifestResourceStream("layer.c")!)
        using (var to = File.Create(source)) text.CopyTo(to);
        using var run = Process.Start(new ProcessStartInfo(compiler, ["-O2", "-shared", "-fPIC", "-w", "-o", made, source, "-ldl", "-lpthread"]) { RedirectStandardError = true })!;
        var said = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return run.ExitCode == 0 ? (new(made), "") : (null, "The layer does not compile here: " + said);
    }

    /// <summary>Environment under which a program is watched.</summary>
    public IReadOnlyDictionary<string, string> Watch(string root, string journal, Faults faults) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = library,
        ["ANDON_CUT_ROOT"] = root,
        ["ANDON_CUT_JOURNAL"] = journal,
        ["ANDON_CUT_CONTROL"] = faults.Path,
    };
}

/// <summary>Which calls are to fail, in a file that the layer has mapped: armed while the program runs.</summary>
sealed class Faults
{
    public const int NoSpace = 28, InputOutput = 5, Short = 0;
    const int NameBytes = 64;

    public Faults(string path)
    {
        Path = path;
        File.WriteAllBytes(path, new byte[4096]);
    }

    public string Path { get; }

    /// <summary>How many calls were made to fail.</summary>
    public int Failed
    {
        get
        {
            Span<byte> number = stackalloc byte[4];
            using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            RandomAccess.Read(file, number, 16);
            return BitConverter.ToInt32(number);
        }
    }

    /// <param name="kind">W: a write; F: a flush.</param>
    /// <param name="after">So many more succeed before.</param>
    /// <param name="name">Only of files whose path below the data folder holds this text.</param>
    public void Arm(char kind, int after, int times, int error, string name)
    {
        var bytes = new byte[32 + NameBytes];
        BitConverter.TryWriteBytes(bytes.AsSpan(4), after);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), times);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), error);
        System.Text.Encoding.ASCII.GetBytes(name, bytes.AsSpan(32, NameBytes - 1));
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, new byte[4], 0);
        RandomAccess.Write(file, bytes.AsSpan(4), 4);
        RandomAccess.Write(file, BitConverter.GetBytes((int)kind), 0); // Last: it is what arms.
    }
}
