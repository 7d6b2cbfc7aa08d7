using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Attachments;

/// <summary>File names of parts as RFC 6266 and RFC 8187 write them, and as they do not.</summary>
public sealed class PartFileNameTests
{
    [Theory]
    [InlineData("attachment; filename=\"a.pdf\"", "a.pdf", null)]
    [InlineData("attachment; filename=\"a.pdf\"; filename*=UTF-8''b.pdf", "b.pdf", "a.pdf")]
    [InlineData("attachment; filename*=utf-8'ky'%D0%B1.pdf; filename=\"_.pdf\"", "б.pdf", "_.pdf")]
    [InlineData("attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf", "a.pdf", null)]
    [InlineData("attachment; filename*=ISO-8859-1''%E4.pdf", "ä.pdf", null)]
    [InlineData("attachment; filename=\"a.pdf\"; filename*=UTF-8''%FF.pdf", null, "a.pdf")]
    [InlineData("attachment; filename=\"a.pdf\"; filename*=KOI8-R''b.pdf", null, "a.pdf")]
    [InlineData("attachment; filename*=UTF-8''%4", null, null)]
    [InlineData("attachment; filename=\"../../etc/passwd\"", "passwd", null)]
    [InlineData("attachment; filename=\"C:\\\\dir\\\\a.pdf\"", "a.pdf", null)]
    [InlineData("attachment; filename*=UTF-8''a%5Cb", "b", null)]
    [InlineData("attachment; filename*=UTF-8''a%00b", null, null)]
    [InlineData("attachment; filename*=UTF-8''fdp%E2%80%AEexe.pdf", null, null)]
    [InlineData("attachment; filename=\"a/\"", null, null)]
    [InlineData("attachment; filename=\"..\"", null, null)]
    public void FileName_ContentDisposition_IsTheNameThatRfc6266Says(string disposition, string? name, string? other)
    {
        PartHeaders headers = Headers("application/pdf", disposition);
        headers.FileName.ShouldBe(name);
        headers.OtherFileName.ShouldBe(other);
    }

    [Theory]
    [InlineData("application/pdf; name=\"../a\"", null, false)]
    [InlineData("application/pdf; name=a", "attachment; filename=b", true)]
    [InlineData("application/pdf", "attachment; filename=\"x/b\"; filename*=UTF-8''b", false)]
    [InlineData("application/pdf", "attachment; filename*=UTF-8''x%2Fb", false)]
    [InlineData("application/pdf", "attachment; filename", false)]
    [InlineData("application/pdf", null, true)]
    public void HasPlainNames_EverySpelling_IsLookedAt(string type, string? disposition, bool plain) =>
        Headers(type, disposition).HasPlainNames.ShouldBe(plain);

    private static PartHeaders Headers(string type, string? disposition)
    {
        MediaType.TryParse(type, out MediaType? parsed).ShouldBeTrue();
        return PartHeaders.Create(parsed!, "id", disposition is null ? [] : [new("Content-Disposition", disposition)]);
    }
}
