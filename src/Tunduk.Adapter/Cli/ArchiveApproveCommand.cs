using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive approve</c>: the second person reads what is asked, and signs exactly that. It needs neither adapter nor archive.</summary>
internal static class ArchiveApproveCommand
{
    private const int LongestHours = 24 * 7;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = Phrases.Of("Cli.FileApprovalRequest") };
        var certificate = new Option<string>("--certificate") { Description = Phrases.Of("Cli.ApproverCertificatePemListed"), Required = true };
        var key = new Option<string>("--key") { Description = Phrases.Of("Cli.KeyPem"), Required = true };
        var hours = new Option<int>("--hours") { Description = Phrases.Of("Cli.HowLongApprovalGood"), DefaultValueFactory = _ => 24 };
        var command = new Command("approve", Phrases.Of("Cli.ApproveLookAnotherPerson")) { file, certificate, key, hours };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(certificate)!, parsed.GetValue(key)!, parsed.GetValue(hours), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string certificate, string key, int hours, CancellationToken cancellationToken)
    {
        if (hours is < 1 or > LongestHours)
        {
            return Output.Wrong(Phrases.Of("Cli.Hours1", LongestHours));
        }

        if (ApprovalFile.Read(file) is not { } asked || ApprovalStatement.TryParse(asked.Asked) is not { } statement
            || statement.RequestSha256 != ApprovalStatement.Digest(Encoding.UTF8.GetBytes(asked.Request)))
        {
            return Output.Wrong(Phrases.Of("Cli.NoRequestApprovalRequest", file));
        }

        SigningKey signer;
        try
        {
            signer = SigningKey.FromPem("approver", certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or ArgumentException)
        {
            return Output.Wrong(Phrases.Of("Cli.CertificateKeyNoPair"));
        }

        using (signer)
        {
            var now = TimeProvider.System.GetUtcNow();
            var signed = statement with { Until = now.AddHours(hours) };
            var text = signed.ToText();
            var signature = await DetachedSignature.CreateAsync(Encoding.UTF8.GetBytes(text), DetachedContext.Approval, now, signer, cancellationToken);
            ApprovalFile.Write(file + ".approval", asked with { Statement = text, Signature = signature });
            Output.Line(Phrases.Of("Cli.AsksUnderGrant", statement.Reader, statement.Act, statement.Grant));
            Output.Line(asked.Request);
            Output.Line(Phrases.Of("Cli.ApprovedUntilUseApproval", signed.Until, file));
            return Output.Ok;
        }
    }
}
