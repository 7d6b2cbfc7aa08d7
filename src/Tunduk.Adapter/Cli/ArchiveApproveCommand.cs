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
        var file = new Argument<string>("file") { Description = "The file of --approval-request." };
        var certificate = new Option<string>("--certificate") { Description = "The approver's certificate (PEM), as listed under Callers with role approver.", Required = true };
        var key = new Option<string>("--key") { Description = "Its key (PEM).", Required = true };
        var hours = new Option<int>("--hours") { Description = "How long the approval is good, 1 to 168. Default 24.", DefaultValueFactory = _ => 24 };
        var command = new Command("approve", "Approve one look of another person: shows what is asked and signs exactly that, for one use.") { file, certificate, key, hours };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(certificate)!, parsed.GetValue(key)!, parsed.GetValue(hours), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string certificate, string key, int hours, CancellationToken cancellationToken)
    {
        if (hours is < 1 or > LongestHours)
        {
            return Output.Wrong($"--hours is 1 to {LongestHours}");
        }

        if (ApprovalFile.Read(file) is not { } asked || ApprovalStatement.TryParse(asked.Asked) is not { } statement
            || statement.RequestSha256 != ApprovalStatement.Digest(Encoding.UTF8.GetBytes(asked.Request)))
        {
            return Output.Wrong($"{file} is no request for an approval, or the request in it is not the one it names");
        }

        SigningKey signer;
        try
        {
            signer = SigningKey.FromPem("approver", certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or ArgumentException)
        {
            return Output.Wrong("--certificate and --key are no pair of PEM files");
        }

        using (signer)
        {
            var now = TimeProvider.System.GetUtcNow();
            var signed = statement with { Until = now.AddHours(hours) };
            var text = signed.ToText();
            var signature = await DetachedSignature.CreateAsync(Encoding.UTF8.GetBytes(text), DetachedContext.Approval, now, signer, cancellationToken);
            ApprovalFile.Write(file + ".approval", asked with { Statement = text, Signature = signature });
            Output.Line($"{statement.Reader} asks to {statement.Act} under grant {statement.Grant}:");
            Output.Line(asked.Request);
            Output.Line($"Approved until {signed.Until:u}, for one use: {file}.approval");
            return Output.Ok;
        }
    }
}
