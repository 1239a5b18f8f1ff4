namespace Andon.Exposure;

/// <summary>Every bound of this room, by name.</summary>
static class Limits
{
    public const int UploadBytesMax = 64 << 20;
    public const int InventoryRowsMax = 200_000;
    public const int FindingsMax = 500;
    public const int TextCharsMax = 500;
    public const int AddressesMax = 64;
    /// <summary>Closed windows that the list shows, newest first; open ones are always shown.</summary>
    public const int ClosedWindowsShownMax = 1000;
}
