using System.Xml;
using System.Xml.Linq;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Andon.Host.Access;

/// <summary>
/// The keys that sign cookies, a file each. The framework's own repository neither flushes what it writes nor bears a file that a power cut left
/// empty: nobody could sign in again until someone deleted it by hand. A key that cannot be read ends the sessions that it signed, and no more.
/// </summary>
sealed class KeyFiles(string folder, Func<IFindings> findings) : IXmlRepository
{
    const string Suffix = ".xml", Broken = ".broken";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        DurableFiles.MakeFolder(folder);
        var all = new List<XElement>();
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Suffix).Order(StringComparer.Ordinal).ToList())
        {
            try
            {
                all.Add(XElement.Load(path));
            }
            catch (XmlException e)
            {
                File.Move(path, path + Broken, overwrite: true);
                findings().Raise("access", new("STO303", $"A key of sessions cannot be read and was set aside ({new FileInfo(path + Broken).Length} bytes): {e.Message}", "Whoever it had signed in signs in again. Nothing else hangs on it.", path + Broken, FindingLevel.Warning));
            }
        }
        return all;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        DurableFiles.MakeFolder(folder);
        var name = friendlyName.Length > 0 && friendlyName.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? friendlyName : Guid.NewGuid().ToString();
        using var text = new MemoryStream();
        element.Save(text);
        DurableFiles.Replace(Path.Combine(folder, name + Suffix), text.GetBuffer().AsSpan(0, (int)text.Length), onlyOwner: true);
    }
}
