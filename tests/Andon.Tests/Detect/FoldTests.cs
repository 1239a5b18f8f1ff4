using System.Text;
using Andon.Detect.Sigma.Matching;

namespace Andon.Tests.Detect;

public class FoldTests
{
    [Theory]
    [InlineData("İ", "i", false)]
    [InlineData("İ", "ı", false)]
    [InlineData("ı", "I", false)]
    [InlineData("ſ", "S", true)]
    [InlineData("\u212A", "k", true)]
    [InlineData("\u212B", "å", true)]
    [InlineData("Σ", "σ", true)]
    [InlineData("ς", "Σ", true)]
    [InlineData("ß", "ss", false)]
    [InlineData("ß", "\u1E9E", true)]
    [InlineData("µ", "μ", true)]
    [InlineData("Ж", "ж", true)]
    [InlineData("\u01C5", "\u01C6", true)]
    [InlineData("\u13A0", "\uAB70", true)]
    [InlineData("ﬀ", "ff", false)]
    public void Letters_are_one_under_simple_folding(string a, string b, bool same) => Assert.Equal(same, Fold.Text(a) == Fold.Text(b));

    [Fact]
    public void Bytes_and_text_fold_alike_and_folding_twice_changes_nothing()
    {
        var buffer = new byte[Fold.Room(8)];
        for (var i = 0; i <= 0x10FFFF; i++)
        {
            if (!Rune.IsValid(i)) continue;
            var text = new Rune(i).ToString();
            var length = Fold.Into(Encoding.UTF8.GetBytes(text), buffer);
            var folded = Fold.Text(text);
            Assert.True(Encoding.UTF8.GetString(buffer, 0, length) == folded && Fold.Text(folded) == folded, $"U+{i:X}");
        }
    }

    [Fact]
    public void Bytes_that_are_not_text_stay_as_they_are()
    {
        byte[] odd = [(byte)'A', 0xFF, 0xC3, (byte)'B', 0xED, 0xA0, 0x80, 0, 0xC3, 0x84, 0xE2];
        var into = new byte[Fold.Room(odd.Length)];
        var length = Fold.Into(odd, into);
        Assert.Equal([(byte)'a', 0xFF, 0xC3, (byte)'b', 0xED, 0xA0, 0x80, 0, 0xC3, 0xA4, 0xE2], into[..length]);
    }
}
