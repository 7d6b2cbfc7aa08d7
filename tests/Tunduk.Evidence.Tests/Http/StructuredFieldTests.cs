using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Tunduk.Evidence.Http;
using Xunit;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>RFC 8941 §4 and RFC 9651 §4: what is read and how it is written.</summary>
public sealed class StructuredFieldTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData("  -0 ", "0")]
    [InlineData("007", "7")]
    [InlineData("-999999999999999", "-999999999999999")]
    [InlineData("-007", "-7")]
    [InlineData("999999999999999", "999999999999999")]
    [InlineData("000000000000001", "1")]
    [InlineData("-0.5", "-0.5")]
    [InlineData("000000000012.125", "12.125")]
    [InlineData("10.100", "10.1")]
    [InlineData("   a   ", "a")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("a;b=1;c;b=?0", "a;b=?0;c")]
    [InlineData("a;  b", "a;b")]
    [InlineData("a;*b=1;c_.-*=2", "a;*b=1;c_.-*=2")]
    [InlineData("@-1", "@-1")]
    [InlineData("@0", "@0")]
    [InlineData(":AA==:", ":AA==:")]
    [InlineData("%\"\"", "%\"\"")]
    [InlineData("4.5", "4.5")]
    [InlineData("1.000", "1.0")]
    [InlineData("999999999999.125", "999999999999.125")]
    [InlineData("\"a \\\"b\\\\\"", "\"a \\\"b\\\\\"")]
    [InlineData("*fo:o/bar~", "*fo:o/bar~")]
    [InlineData(":aGVsbG8=:", ":aGVsbG8=:")]
    [InlineData("::", "::")]
    [InlineData("?0", "?0")]
    [InlineData("a;b;c=?1;  d=1.5", "a;b;c;d=1.5")]
    [InlineData("a;b=1;b=2", "a;b=2")]
    [InlineData("@1659578233", "@1659578233")]
    [InlineData("%\"f%c3%bc\"", "%\"f%c3%bc\"")]
    public void ParseItem_Allowed_WrittenCanonically(string text, string canonical)
    {
        StructuredField.TryParseItem(text, out StructuredItem? item, out _).ShouldBeTrue();
        item!.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1000000000000000")]
    [InlineData("1.")]
    [InlineData("1.2345")]
    [InlineData("1234567890123.1")]
    [InlineData(".5")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("-a")]
    [InlineData("- 1")]
    [InlineData("0000000000000001")]
    [InlineData("-1000000000000000")]
    [InlineData("1.2.3")]
    [InlineData("1..2")]
    [InlineData("-.5")]
    [InlineData("0000000000001.5")]
    [InlineData("1e3")]
    [InlineData("0x1")]
    [InlineData("1,2")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("(1)")]
    [InlineData("\u00E4")]
    [InlineData("a\u00E4")]
    [InlineData("\"a\\")]
    [InlineData("\"\u007F\"")]
    [InlineData("\"\0\"")]
    [InlineData("a\n")]
    [InlineData("a\t")]
    [InlineData("?1?0")]
    [InlineData("?01")]
    [InlineData(":")]
    [InlineData(":a:")]
    [InlineData(":AA=:")]
    [InlineData(":A===:")]
    [InlineData(":=AA=:")]
    [InlineData(":AB==:")]
    [InlineData(":-_-_:")]
    [InlineData(":aGVsbG8=::")]
    [InlineData("a;")]
    [InlineData("a;b;")]
    [InlineData("a;1=1")]
    [InlineData("a;\tb")]
    [InlineData("a; b =1")]
    [InlineData("a;b= 1")]
    [InlineData("a;b=(1)")]
    [InlineData("@")]
    [InlineData("@a")]
    [InlineData("@--1")]
    [InlineData("@1000000000000000")]
    [InlineData("%\"\u00FC\"")]
    [InlineData("%\"%\"")]
    [InlineData("%\"%0\"")]
    [InlineData("%\"%ff\"")]
    [InlineData("%\"a")]
    [InlineData("\"a")]
    [InlineData("\"a\\n\"")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"ё\"")]
    [InlineData("'a'")]
    [InlineData(":aGVsbG8:")]
    [InlineData(":aGVsbG9=:")]
    [InlineData(":aGV sbG8=:")]
    [InlineData(":aGVsbG8=")]
    [InlineData(":====:")]
    [InlineData("?2")]
    [InlineData("?")]
    [InlineData("?true")]
    [InlineData("1 2")]
    [InlineData("\t1")]
    [InlineData("a;B=1")]
    [InlineData("a;=1")]
    [InlineData("a;b=")]
    [InlineData("a ;b")]
    [InlineData("@1.5")]
    [InlineData("%\"f%C3%BC\"")]
    [InlineData("%\"%c3\"")]
    [InlineData("%a")]
    public void ParseItem_OutsideTheGrammar_Refused(string text)
    {
        StructuredField.TryParseItem(text, out _, out StructuredFault fault).ShouldBeFalse();
        fault.Code.ShouldNotBe(StructuredFaultCode.None);
        fault.Offset.ShouldBeLessThanOrEqualTo(text.Length);
    }

    [Theory]
    [InlineData("a=1,   b;x=2\t,\tc=(1 2;q \"x\");k", "a=1, b;x=2, c=(1 2;q \"x\");k")]
    [InlineData("a=1 \t , \t b=2 \t ", "a=1, b=2")]
    [InlineData("a=(  1   2  )", "a=(1 2)")]
    [InlineData("a=(1;x 2;y=?0);z", "a=(1;x 2;y=?0);z")]
    [InlineData("a;x, b;y=1", "a;x, b;y=1")]
    [InlineData("*a=1", "*a=1")]
    [InlineData("a=1, b=2, a=3", "a=3, b=2")]
    [InlineData("a=?1, b=?0", "a, b=?0")]
    [InlineData("a=()", "a=()")]
    [InlineData("", "")]
    public void ParseDictionary_Allowed_WrittenCanonically(string text, string canonical)
    {
        StructuredField.TryParseDictionary(text, out StructuredDictionary? dictionary, out _).ShouldBeTrue();
        dictionary!.ToString().ShouldBe(canonical);
        dictionary.HasRepeatedKeys.ShouldBe(text.EndsWith("a=3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a=1,")]
    [InlineData("a=1,,b=2")]
    [InlineData("a=1, ,b=2")]
    [InlineData("a=1,\t")]
    [InlineData("\ta=1")]
    [InlineData("a=1;")]
    [InlineData("a= 1")]
    [InlineData("a==1")]
    [InlineData("1=a")]
    [InlineData("-a=1")]
    [InlineData("\u00E4=1")]
    [InlineData("a=1\nb=2")]
    [InlineData("a=(1 2")]
    [InlineData("a=(1 2;")]
    [InlineData("a=)")]
    [InlineData("a=( ,)")]
    [InlineData("a=1 b=2")]
    [InlineData(",a=1")]
    [InlineData("A=1")]
    [InlineData("a=")]
    [InlineData("a=(1")]
    [InlineData("a=(1\t2)")]
    [InlineData("a=(1,2)")]
    [InlineData("a=((1))")]
    [InlineData("a=(1\"x\")")]
    [InlineData("a =1")]
    public void ParseDictionary_OutsideTheGrammar_Refused(string text) =>
        StructuredField.TryParseDictionary(text, out _, out _).ShouldBeFalse();

    [Fact]
    public void ParseList_MembersAndInnerLists_InOrder()
    {
        StructuredField.TryParseList("a, (b c);x, 1", out IReadOnlyList<StructuredMember>? list, out _).ShouldBeTrue();
        StructuredField.Serialize(list!).ShouldBe("a, (b c);x, 1");
        StructuredField.TryParseList("a,", out _, out StructuredFault fault).ShouldBeFalse();
        fault.ShouldBe(new StructuredFault(StructuredFaultCode.TrailingComma, 2));
        StructuredField.TryParseList(string.Join(",", Enumerable.Repeat("1", 1025)), out _, out fault).ShouldBeFalse();
        fault.Code.ShouldBe(StructuredFaultCode.TooMany);
    }

    [Fact]
    public void FromDecimal_MoreDigits_RoundedHalfToEven()
    {
        new StructuredItem(StructuredValue.FromDecimal(0.0015m)).ToString().ShouldBe("0.002");
        new StructuredItem(StructuredValue.FromDecimal(0.0025m)).ToString().ShouldBe("0.002");
        Should.Throw<ArgumentOutOfRangeException>(() => StructuredValue.FromDecimal(1_000_000_000_000m));
        Should.Throw<ArgumentOutOfRangeException>(() => StructuredValue.FromInteger(1_000_000_000_000_000));
        Should.Throw<ArgumentException>(() => StructuredValue.FromString("ё"));
        Should.Throw<ArgumentException>(() => StructuredValue.FromToken("1a"));
    }

    [Fact]
    public void ParseDictionary_AnyText_NeverThrowsAndItsFormIsStable() =>
        Prop.ForAll(
            Gen.ArrayOf(Gen.Elements("ab*=;,()\"\\:?@%-.019 \té".ToCharArray())).ToArbitrary(),
            characters =>
            {
                var text = new string(characters);
                if (StructuredField.TryParseDictionary(text, out StructuredDictionary? first, out _))
                {
                    string canonical = first.ToString();
                    StructuredField.TryParseDictionary(canonical, out StructuredDictionary? second, out _).ShouldBeTrue(text);
                    second!.ToString().ShouldBe(canonical);
                }

                _ = StructuredField.TryParseItem(text, out _, out _);
                _ = StructuredField.TryParseList(text, out _, out _);
                _ = HttpContentType.TryCanonicalize(text, out _);
            }).Hold();
}
