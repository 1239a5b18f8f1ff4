using System.Net;

namespace Andon.Store.Events;

/// <summary>Rows of one table and one day, column by column, ready to be sent as one block of ClickHouse's Native format.</summary>
sealed class NativeBlock : IDisposable
{
    readonly NativeColumn[] columns;

    public NativeBlock(TableModel table) => columns = [.. table.Stored.Select(NativeColumn.Of)];

    public int Rows { get; set; }
    public IReadOnlyList<NativeColumn> Columns => columns;

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var column in columns)
            {
                column.FillTo(Rows);
                bytes += column.Bytes;
            }
            return bytes;
        }
    }

    public HttpContent AsContent() => new Content(this);

    public async Task WriteTo(Stream to, CancellationToken stop)
    {
        await to.WriteAsync(Head(), stop);
        foreach (var column in columns)
        {
            column.FillTo(Rows);
            await column.WriteTo(to, stop);
        }
    }

    public void Clear()
    {
        Rows = 0;
        foreach (var column in columns) column.Clear();
    }

    public void Dispose()
    {
        foreach (var column in columns) column.Dispose();
    }

    ReadOnlyMemory<byte> Head()
    {
        using var head = new ByteBuffer();
        head.AddVarint((ulong)columns.Length);
        head.AddVarint((ulong)Rows);
        return head.Memory.ToArray();
    }

    sealed class Content(NativeBlock block) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => block.WriteTo(stream, CancellationToken.None);
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => block.WriteTo(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = block.Head().Length + block.Bytes;
            return true;
        }
    }
}
