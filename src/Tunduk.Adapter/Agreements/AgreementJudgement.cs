namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Decides which text counts for each file at one reading of the folder. A text that was good before yields only to
/// a sound one; of two new texts for one key and the same days neither counts.
/// </summary>
internal sealed class AgreementJudgement
{
    private readonly List<Candidate> candidates;

    private AgreementJudgement(List<Candidate> candidates) => this.candidates = candidates;

    public IReadOnlyList<AgreementStatus> Documents => [.. candidates.Select(static c =>
        new AgreementStatus(c.File, c.Counts?.Reading.Agreement, c.Counts?.ProvedBy, c.Counts is not null && c.Counts != c.Present, [.. c.Faults]))];

    /// <summary>Keys that only a document without a good text speaks about, with the code of the refusal.</summary>
    public IReadOnlyCollection<KeyValuePair<AgreementKey, AgreementBlock>> Blocked => [.. candidates
        .Where(static c => c.Counts is null && c.Present is not null)
        .SelectMany(static c => c.Present!.Reading.Keys.Select(k => KeyValuePair.Create(k, c.InConflict ? AgreementBlock.Conflict : c.Present!.Reading.Agreement is null ? AgreementBlock.Faults : c.Broken ? AgreementBlock.Version : AgreementBlock.NotVouchedFor)))
        .OrderBy(static p => p.Value)];

    public static AgreementJudgement Of(AgreementStoreOptions options, AgreementFolder folder, LastGoodTexts lastGood)
    {
        string? unreadable = null;
        HashSet<string> listed = [];
        IReadOnlyList<string> files;
        try
        {
            listed = folder.List();
            files = AgreementFolder.Documents(listed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that is not there is no order to withdraw everything: the last good texts stay.
            files = [.. lastGood.Files.Order(StringComparer.Ordinal)];
            unreadable = options.Folder;
        }

        Candidate[] read = new Candidate[files.Count];
        Parallel.For(0, files.Count, i =>
        {
            Candidate c = new(files[i]);
            if (unreadable is null)
            {
                AgreementDigest? good = lastGood.TryFind(c.File, out LastGoodText? held) ? held.Digest : null;
                c.Present = folder.Current(c.File, listed, good, c.Faults);
            }
            else
            {
                c.Faults.Add(new("folder_unreadable", c.File, 0, 0, string.Empty, Phrases.Of("Agreements.FolderAgreementsCannotRead"), Phrases.Of("Agreements.CheckExistsAdapterMay", unreadable)));
            }

            c.Counts = c.Present is { IsUsable: true } ? c.Present : null;
            if (c.Counts is not { IsEstablished: true } && lastGood.TryFind(c.File, out LastGoodText? text))
            {
                AgreementDocument document = folder.LastGood(text);
                c.Earlier = document.IsUsable ? document : null;
                if (c.Counts is not null && VersionFault(c.File, c.Counts, document, options.Proof) is { } wrong)
                {
                    c.Faults.Add(wrong);
                    c.Broken = !wrong.IsWarning;
                    c.Counts = wrong.IsWarning ? c.Counts : null;
                }
            }

            c.Counts ??= c.Earlier;
            read[i] = c;
        });

        AgreementJudgement judgement = new([.. read]);
        judgement.SettleConflicts();
        return judgement;
    }

    /// <summary>Keeps what counts as the last good texts.</summary>
    public void Save(LastGoodTexts lastGood) =>
        lastGood.Save(candidates
            .Select(static c => c.Counts)
            .OfType<AgreementDocument>()
            .Select(static d => new LastGoodText(d.File, d.Digest, d.Bytes, d.Signature)));

    // An entry of the archive names agreement and version: two texts of one version could not be told apart, and an older
    // text that was vouched for once, put back by whoever can write the folder, would open what a later version closed.
    // In a folder whose owner vouches for everything it is only said.
    private static AgreementFault? VersionFault(string file, AgreementDocument now, AgreementDocument before, AgreementProof proof)
    {
        if (now.Reading.Agreement is not { } next || before.Reading.Agreement is not { } last || next.Id != last.Id || next.Version > last.Version)
        {
            return null;
        }

        return next.Version == last.Version
            ? new("version_reused", file, next.VersionLine, 1, "version", Phrases.Of("Agreements.AnotherTextCameCount", last.Id, last.Version), Phrases.Of("Agreements.GiveNewTextVersion", last.Version + 1), proof == AgreementProof.Folder)
            : new("version_went_back", file, next.VersionLine, 1, "version", Phrases.Of("Agreements.VersionCameCountAlready", last.Version, last.Id, next.Version), Phrases.Of("Agreements.ReturnOlderTextGive", last.Version + 1), proof == AgreementProof.Folder);
    }

    /// <summary>
    /// New texts that meet another text on a day for a key fall back. Each turn takes at least one new text out and
    /// established texts were free of conflict when they became so, so that this ends without a conflict.
    /// </summary>
    private void SettleConflicts()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            HashSet<Candidate> falling = [];
            foreach ((Candidate a, Candidate b, AgreementKey key) in Conflicts())
            {
                Report(a, b, key);
                Report(b, a, key);
                bool aFalls = !a.Counts!.IsEstablished;
                bool bFalls = !b.Counts!.IsEstablished;
                if (aFalls || !bFalls)
                {
                    falling.Add(a);
                }

                // Two established texts in conflict can only come from a state folder that was tampered with: neither counts.
                if (bFalls || !aFalls)
                {
                    falling.Add(b);
                }
            }

            foreach (Candidate c in falling)
            {
                changed = true;
                c.InConflict = true;
                c.Counts = c.Counts is { IsEstablished: false } ? c.Earlier : null;
            }
        }
    }

    private IEnumerable<(Candidate A, Candidate B, AgreementKey Key)> Conflicts() => candidates
        .Where(static c => c.Counts is not null)
        .SelectMany(static c => c.Counts!.Reading.Agreement!.Keys.Select(k => (Key: k, Candidate: c)))
        .GroupBy(static p => p.Key)
        .Where(static g => g.Skip(1).Any())
        .SelectMany(static g =>
        {
            // Neighbours by beginning suffice: whoever overlaps a later one overlaps his neighbour or is found with the longest.
            List<(Candidate, Candidate, AgreementKey)> pairs = [];
            Candidate? longest = null;
            foreach (Candidate c in g.Select(static p => p.Candidate).OrderBy(static c => c.Valid.From))
            {
                if (longest is not null && longest.Valid.Overlaps(c.Valid))
                {
                    pairs.Add((longest, c, g.Key));
                }

                longest = longest is null || c.Valid.Until is null || c.Valid.Until > longest.Valid.Until ? c : longest;
            }

            return pairs;
        });

    private static void Report(Candidate about, Candidate other, AgreementKey key)
    {
        if (about.Faults.Exists(f => f.Code == "agreement_conflict" && f.Message.Contains(other.File, StringComparison.Ordinal)))
        {
            return;
        }

        about.Faults.Add(new(
            "agreement_conflict",
            about.File,
            about.Counts!.Reading.Agreement!.Services.FirstOrDefault(service => service.Service == key.Service)?.Line ?? 0,
            1,
            "valid",
            Phrases.Of("Agreements.AlsoAgreedSomeSame", key.Service, key.Counterparty, other.File, other.Valid),
            Phrases.Of("Agreements.EndBeforeOtherBegins")));
    }

    private sealed class Candidate(string file)
    {
        public string File { get; } = file;

        /// <summary>The file as it is.</summary>
        public AgreementDocument? Present { get; set; }

        /// <summary>Its last good text, where that is another one and still vouched for.</summary>
        public AgreementDocument? Earlier { get; set; }

        public AgreementDocument? Counts { get; set; }

        public bool InConflict { get; set; }

        /// <summary>Its version says that it is not the next text of its agreement.</summary>
        public bool Broken { get; set; }

        public List<AgreementFault> Faults { get; } = [];

        public AgreementPeriod Valid => Counts!.Reading.Agreement!.Valid;
    }
}
