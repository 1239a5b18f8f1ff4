using System.Text.Json;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Sources.Quality;

/// <summary>The figures of each day, as they stood last on it: what today is held against. One small file; without it comparing begins anew.</summary>
sealed class QualityDays(IntakeOptions options, IFindings findings)
{
    const long DayMs = 86_400_000, EveryMs = 30 * 60_000;
    const int RowsOfADay = 100;

    /// <summary>Rows of one day, by the way they were put together and by key.</summary>
    sealed record Day(long AtMs, Dictionary<string, Dictionary<string, QualityFigures>> Rows);

    readonly string path = Path.Combine(options.DataFolder, "quality.days");
    readonly Lock gate = new();
    List<Day>? days;
    long takenMs = long.MinValue;

    /// <summary>Notes the day's figures, half an hour apart at least; the first after midnight leaves yesterday's as they were.</summary>
    public void Take(Catalogue catalogue, long nowMs)
    {
        if (nowMs - takenMs < EveryMs && takenMs / DayMs == nowMs / DayMs) return;
        takenMs = nowMs;
        Dictionary<string, Dictionary<string, QualityFigures>> rows;
        lock (catalogue.Gate) rows = QualityFigures.Ways.ToDictionary(w => w, w => QualityFigures.Rows(catalogue, w, RowsOfADay, nowMs).ToDictionary(r => r.Key, r => r.Figures, StringComparer.Ordinal), StringComparer.Ordinal);
        lock (gate)
        {
            var all = Days();
            if (all.Count > 0 && all[^1].AtMs / DayMs == nowMs / DayMs) all.RemoveAt(all.Count - 1);
            all.Add(new(nowMs, rows));
            if (all.Count > Limits.QualityDaysKept) all.RemoveRange(0, all.Count - Limits.QualityDaysKept);
            DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(all));
        }
    }

    /// <summary>The last day's figures that are at least so old; else the oldest there are from before today.</summary>
    public (long AtMs, IReadOnlyDictionary<string, QualityFigures> Rows)? Before(string by, long fromMs, long nowMs)
    {
        lock (gate)
        {
            var past = Days().Where(d => d.AtMs / DayMs < nowMs / DayMs).ToList();
            var day = past.LastOrDefault(d => d.AtMs <= fromMs) ?? past.FirstOrDefault();
            return day is null ? null : (day.AtMs, day.Rows.GetValueOrDefault(by) ?? []);
        }
    }

    /// <summary>Figures of all sources, day by day.</summary>
    public IReadOnlyList<QualityDay> Series()
    {
        lock (gate) return [.. Days().Where(d => d.Rows.GetValueOrDefault("dataset")?.ContainsKey("") == true).Select(d => new QualityDay(d.AtMs, d.Rows["dataset"][""]))];
    }

    List<Day> Days()
    {
        if (days is not null) return days;
        try
        {
            days = File.Exists(path) ? JsonSerializer.Deserialize<List<Day>>(File.ReadAllBytes(path)) : null;
        }
        catch (JsonException e)
        {
            findings.Raise("intake", new("INT237", $"The figures of past days cannot be read: {e.Message}", "Comparing begins anew with today.", path, FindingLevel.Warning));
        }
        return days ??= [];
    }
}

/// <summary>All sources together, on a day.</summary>
public sealed record QualityDay(long AtMs, QualityFigures Figures);
