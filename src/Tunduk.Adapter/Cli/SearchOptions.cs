using System.CommandLine;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Reading;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Cli;

/// <summary>What a search can be by; search, export, hold and erase share it.</summary>
internal sealed class SearchOptions
{
    // Longer than any number of a person or document; a file of another kind given by mistake is named as one.
    private const int LongestPerson = 256;

    private readonly Option<string?> person = new("--person") { Description = Phrases.Of("Cli.PersonKindValueExample") };
    private readonly Option<string?> user = new("--user") { Description = Phrases.Of("Cli.WhoAskedUserId") };
    private readonly Option<string?> basis = new("--basis") { Description = Phrases.Of("Cli.BasisIssue") };
    private readonly Option<string?> messageId = new("--message-id") { Description = Phrases.Of("Cli.XRoadMessageId") };
    private readonly Option<string?> counterparty = new("--counterparty") { Description = Phrases.Of("Cli.IdentifierOtherSubsystem") };
    private readonly Option<string?> own = new("--own") { Description = Phrases.Of("Cli.IdentifierOwnSubsystem") };
    private readonly Option<string?> service = new("--service") { Description = Phrases.Of("Cli.FullIdentifierService") };
    private readonly Option<string?> stage = new("--stage") { Description = Phrases.Of("Cli.StageEndedExchange") };
    private readonly Option<string?> outcome = new("--outcome") { Description = Phrases.Of("Cli.OutcomeCodeOkSuccess") };
    private readonly Option<string?> removed = new("--removed") { Description = Phrases.Of("Cli.PathFieldRemoved") };
    private readonly Option<string?> signature = new("--signature") { Description = Phrases.Of("Cli.AbsentVerifiedFailedUnsigned") };
    private readonly Option<string?> agreement = new("--agreement") { Description = "Agreement." };
    private readonly Option<string?> role = new("--role") { Description = Phrases.Of("Cli.ConsumerProvider") };
    private readonly Option<string?> kind = new("--kind") { Description = Phrases.Of("Cli.RequestResponseRefusalOutcome") };
    private readonly Option<DateTimeOffset?> from = TimeOption.Create("--from", Phrases.Of("Cli.EntriesFromTime"));
    private readonly Option<DateTimeOffset?> until = TimeOption.Create("--until", Phrases.Of("Cli.EntriesBeforeTime"));

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { person, user, basis, messageId, counterparty, own, service, stage, outcome, removed, signature, agreement, role, kind, from, until })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The request with what was given; null after saying what is wrong.</summary>
    public T? Complete<T>(ParseResult parsed, T request)
        where T : ArchiveSearchRequest
    {
        if (!TryParsePerson(parsed.GetValue(person), out var searched, out var fault))
        {
            Console.Error.WriteLine(fault);
            return null;
        }

        if (!TryParse(parsed.GetValue(signature), out SignatureStatus? status))
        {
            Console.Error.WriteLine(Phrases.Of("Cli.OptionTakes", signature.Name, signature.Description));
            return null;
        }

        if (!TryParse(parsed.GetValue(kind), out EntryKind? entryKind))
        {
            Console.Error.WriteLine(Phrases.Of("Cli.OptionTakes", kind.Name, kind.Description));
            return null;
        }

        return request with
        {
            Person = searched,
            UserId = parsed.GetValue(user),
            Basis = parsed.GetValue(basis),
            MessageId = parsed.GetValue(messageId),
            Counterparty = parsed.GetValue(counterparty),
            Own = parsed.GetValue(own),
            Service = parsed.GetValue(service),
            Stage = parsed.GetValue(stage),
            Outcome = parsed.GetValue(outcome),
            Removed = parsed.GetValue(removed),
            Signature = status,
            Agreement = parsed.GetValue(agreement),
            Role = parsed.GetValue(role),
            Kind = entryKind,
            From = parsed.GetValue(from),
            Until = parsed.GetValue(until),
        };
    }

    // outcome-unknown → OutcomeUnknown
    private static bool TryParse<T>(string? text, out T? value)
        where T : struct, Enum
    {
        value = null;
        if (text is null)
        {
            return true;
        }

        var ok = NamedValue.TryParse<T>(text, out var parsed);
        value = parsed;
        return ok;
    }

    private static bool TryParsePerson(string? text, out ArchivePerson? person, out string fault)
    {
        person = null;
        fault = "";
        if (text is null)
        {
            return true;
        }

        if (text.Split(':', 2) is not [var kind, { Length: > 0 } value])
        {
            fault = Phrases.Of("Cli.PersonKindValueKind");
            return false;
        }

        // A file keeps the value out of the list of processes and of the shell's history. A file that is not there must not become a
        // value that nobody has: "no entries" would then be taken for the truth.
        if (value[0] == '@' && !TryReadPerson(value[1..], out value, out fault))
        {
            return false;
        }

        person = new ArchivePerson(kind, value);
        return true;
    }

    private static bool TryReadPerson(string file, out string value, out string fault)
    {
        value = "";
        fault = "";
        if (!File.Exists(file))
        {
            fault = Phrases.Of("Cli.PersonNoFile", file);
            return false;
        }

        var text = new FileInfo(file).Length > 4 * LongestPerson ? "" : File.ReadAllText(file).Trim();
        if (text.Length is 0 or > LongestPerson || text.Any(char.IsControl))
        {
            fault = Phrases.Of("Cli.PersonFileHoldsNo", file, LongestPerson);
            return false;
        }

        value = text;
        return true;
    }
}
