using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Attachments by name, type, size and by the field that refers to them.</summary>
public sealed class AttachmentPolicyTests
{
    private const string Rules = "attachments: [ { name: photo, types: [image/jpeg], maxBytes: 100 }, { side: request, name: \"*\", types: [application/pdf] } ]";
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0];

    [Theory]
    [InlineData("photo", null, "image/jpeg", true)]
    [InlineData("x", "photo", "image/jpeg", true)]
    [InlineData("Photo", null, "image/jpeg", false)]
    [InlineData("photo", null, "image/png", false)]
    [InlineData("photo2", null, "image/jpeg", false)]
    [InlineData(null, null, "image/jpeg", false)]
    public void Take_Part_PassesByNameAndType(string? id, string? file, string type, bool passes)
    {
        AttachmentPolicy policy = Policy("response");
        policy.Take(new AttachmentPart(id, file, type, 10, Jpeg)).Value.ShouldBe(passes);
        policy.Removed.Count.ShouldBe(passes ? 0 : 1);
    }

    [Fact]
    public void Take_TypeThatTheContentIsNot_IsLeftOut()
    {
        AttachmentPolicy policy = Policy("response");
        policy.Take(new AttachmentPart("photo", null, "image/jpeg", 10, "%PDF-1.7"u8.ToArray())).Value.ShouldBeFalse();
        policy.Removed[0].Path.ShouldBe("attachment/photo (content not of its type)");
    }

    [Fact]
    public void Take_OwnRequestWhoseContentIsNotOfItsType_IsRefusedByName()
    {
        AttachmentPolicy policy = new(PolicyRuns.Document(Rules).Services[0], "request") { IsOwnRequest = true };
        ExchangeError error = policy.Take(new AttachmentPart("any", null, "application/pdf", 10, "PDFDATA1"u8.ToArray())).Error!;
        (error.Code, error.Path, error.Found).ShouldBe(("attachment_not_listed", "attachment/*", "content that is not of its type"));
        policy.Take(new AttachmentPart("other", null, "image/png", 10, Jpeg)).Value.ShouldBeFalse("what no rule lists is left out");
    }

    [Theory]
    [InlineData("photo", null, true)]
    [InlineData("photo", "portrait", true)]
    [InlineData("portrait", "photo", true)]
    [InlineData("photo", "other", false)]
    [InlineData("other", "photo", false)]
    [InlineData("photo", "", false)]
    public void Take_FileNameSpelledTwice_PassesOnlyWhereBothAreListed(string name, string? other, bool passes)
    {
        AttachmentPolicy policy = Policy("response", service: "attachments: [ { name: photo, types: [image/jpeg] }, { name: portrait, types: [image/jpeg] } ]");
        policy.Take(new AttachmentPart(null, name, "image/jpeg", 10, Jpeg) { OtherFileName = other }).Value.ShouldBe(passes);
    }

    [Fact]
    public void Take_NameNobodyListed_IsNotTold()
    {
        AttachmentPolicy policy = Policy("response");
        policy.Take(new AttachmentPart("21502197994378", null, "image/jpeg", 10, Jpeg)).Value.ShouldBeFalse();
        policy.Removed.ShouldHaveSingleItem().Path.ShouldBe("attachment/(unlisted)");
    }

    [Fact]
    public void Take_PartOfTheOtherSide_IsJudgedByItsOwnRules()
    {
        Policy("request").Take(new AttachmentPart("any", null, "application/pdf", 10, default)).Value.ShouldBeTrue();
        Policy("request").Take(new AttachmentPart("photo", null, "image/jpeg", 10, Jpeg)).Value.ShouldBeFalse();
    }

    [Fact]
    public void Take_LargerThanAgreed_IsRefused() =>
        Policy("response").Take(new AttachmentPart("photo", null, "image/jpeg", 101, Jpeg)).Error!.Code.ShouldBe("agreement_volume_exceeded");

    [Fact]
    public void Take_PartOfAField_GoesWithTheField()
    {
        AttachmentPolicy policy = Policy("response", kept: ["cid:a"], removed: ["cid:photo"]);
        policy.Take(new AttachmentPart("a", null, "application/octet-stream", 10, default)).Value.ShouldBeTrue();
        policy.IsComplete.ShouldBeTrue();
        policy.Take(new AttachmentPart("photo", null, "image/jpeg", 10, Jpeg)).Value.ShouldBeFalse();
    }

    [Fact]
    public void Take_SameContentIdTwice_IsRefused()
    {
        AttachmentPolicy policy = Policy("response");
        policy.Take(new AttachmentPart("photo", null, "image/jpeg", 10, Jpeg)).Value.ShouldBeTrue();
        policy.Take(new AttachmentPart("photo", null, "image/jpeg", 10, Jpeg)).Error!.Code.ShouldBe("attachment_referenced_twice");
    }

    [Fact]
    public void Take_UnlistedRefuse_RefusesTheMessage()
    {
        ExchangeError error = Policy("response", service: "response: { allow: [photo], unlisted: refuse }\nattachments: none").Take(new AttachmentPart("s", "SECRET", "image/jpeg", 1, Jpeg)).Error!;
        error.Code.ShouldBe("attachment_not_listed");
        error.ToString().ShouldNotContain("SECRET");
    }

    private static AttachmentPolicy Policy(string side, string[]? kept = null, string[]? removed = null, string service = Rules) =>
        new(PolicyRuns.Document(service).Services[0], side, kept, removed);
}
