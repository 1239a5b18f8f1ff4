using System.Globalization;

namespace Andon.Detect.Hunt;

/// <summary>One line on stderr that is written anew, a few times a second, while a person waits.</summary>
sealed class HuntProgress(TextWriter errors, bool on, TimeProvider clock)
{
    readonly long began = clock.GetTimestamp();
    long last = clock.GetTimestamp();
    int shown;

    public bool On => on;

    public void Update(long events, long bytes, long hits)
    {
        if (!on || clock.GetElapsedTime(last) < Limits.HuntProgressEvery) return;
        last = clock.GetTimestamp();
        var seconds = Math.Max(0.001, clock.GetElapsedTime(began).TotalSeconds);
        var line = string.Create(CultureInfo.InvariantCulture, $"{events:N0} events, {bytes / 1e6:N0} MB, {bytes / 1e6 / seconds:N1} MB/s, {hits:N0} hits");
        errors.Write("\r" + line.PadRight(shown));
        errors.Flush();
        shown = line.Length;
    }

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Hide()
    {
        if (shown == 0) return;
        errors.Write("\r" + new string(' ', shown) + "\r");
        errors.Flush();
        shown = 0;
    }
}
