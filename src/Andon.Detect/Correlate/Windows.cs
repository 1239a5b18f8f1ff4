using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Correlate;

/// <summary>Which rows belong to one window, for the three kinds of windows.</summary>
readonly struct Windows(WindowKind kind, long spanMs)
{
    /// <summary>First row of the window that ends with that row.</summary>
    public int First(Rows rows, int last)
    {
        switch (kind)
        {
            case WindowKind.Sliding: return rows.From(rows.Time(last) - spanMs);
            case WindowKind.Tumbling: return rows.From(Bucket(rows.Time(last)));
            default:
                while (last > 0 && rows.Time(last) - rows.Time(last - 1) <= spanMs) last--;
                return last;
        }
    }

    /// <summary>Is a window that ends with <paramref name="row"/> another one when an event at <paramref name="timeMs"/>, before it, joins in?</summary>
    public bool Reaches(Rows rows, long timeMs, int row) => kind switch
    {
        WindowKind.Sliding => rows.Time(row) - timeMs <= spanMs,
        WindowKind.Tumbling => Bucket(rows.Time(row)) == Bucket(timeMs),
        _ => row == 0 || rows.Time(row) - rows.Time(row - 1) <= spanMs,
    };

    /// <summary>Last row of the window that begins with the first row.</summary>
    public int Last(Rows rows)
    {
        var last = 0;
        while (last + 1 < rows.Count && kind switch
        {
            WindowKind.Sliding => rows.Time(last + 1) - rows.Time(0) <= spanMs,
            WindowKind.Tumbling => Bucket(rows.Time(last + 1)) == Bucket(rows.Time(0)),
            _ => rows.Time(last + 1) - rows.Time(last) <= spanMs,
        }) last++;
        return last;
    }

    /// <summary>The last time that still belongs to the window of the first row.</summary>
    public long End(Rows rows) => kind == WindowKind.Session ? rows.Time(Last(rows)) + spanMs : EndOf(rows.Time(0));

    /// <summary>The last time that may share a window with an event of that time which begins one.</summary>
    public long EndOf(long timeMs) => kind == WindowKind.Tumbling ? Bucket(timeMs) + spanMs - 1 : timeMs + spanMs;

    /// <summary>Do two firings belong to one stretch, so that only one alerts? For sessions the rows between them tell.</summary>
    public bool Same(Rows rows, long firedMs, long timeMs)
    {
        switch (kind)
        {
            case WindowKind.Sliding: return Math.Abs(timeMs - firedMs) < spanMs;
            case WindowKind.Tumbling: return Bucket(firedMs) == Bucket(timeMs);
            default:
                var (from, to) = (Math.Min(firedMs, timeMs), Math.Max(firedMs, timeMs));
                for (var row = rows.From(from); row < rows.Count && rows.Time(row) <= to; row++)
                {
                    if (rows.Time(row) - from > spanMs) return false;
                    from = rows.Time(row);
                }
                return to - from <= spanMs;
        }
    }

    /// <summary>Rows before this one no event at or after <paramref name="horizonMs"/> can share a window with.</summary>
    public int Useless(Rows rows, long horizonMs)
    {
        if (horizonMs <= long.MinValue + spanMs * 2) return 0;
        switch (kind)
        {
            case WindowKind.Sliding: return rows.From(horizonMs - spanMs);
            case WindowKind.Tumbling: return rows.From(Bucket(horizonMs));
            default:
                var row = rows.From(horizonMs - spanMs);
                while (row > 0 && row < rows.Count && rows.Time(row) - rows.Time(row - 1) <= spanMs) row--;
                return row;
        }
    }

    // Pieces of the clock begin at the epoch; times before it have theirs too.
    long Bucket(long timeMs) => timeMs - ((timeMs % spanMs) + spanMs) % spanMs;
}
