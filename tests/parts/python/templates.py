"""Documents that CloudFormation templates carry from elsewhere: checked, or written anew.

    templates.py check TEMPLATE… [--dashboard FILE]    prints what differs, one line each
    templates.py write TEMPLATE… [--dashboard FILE]    writes it into the templates
    templates.py json TEMPLATE…                        prints a list of them, short forms of functions written out

Such a document stands between two comments, `# NAME` and `# end of NAME`: a document of packaging/iam, the
state machine, or the dashboard (whose body FILE holds, as costctl puts it). The example values in them are what
the stack has by parameters.
"""

import argparse
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
ACCOUNT, REGION = "111122223333", "us-east-1"
BEGIN = re.compile(r"^( *)# (packaging/(?:iam|step-functions)/[a-z.-]+\.json(?: of the installer)?|costctl dashboard put --search)\n", re.M)


class Dumper(yaml.SafeDumper):
    """Lists are indented, and what has values of the stack in it is a !Sub."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


class Sub(str):
    """A text with values of the stack."""


Dumper.add_representer(Sub, lambda dumper, text: dumper.represent_scalar("!Sub", str(text), style="'"))
Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style(text)))


def style(text):
    """Plain only where no reader could take it for anything else."""
    return None if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", text) else "'"


# The template that may make key and topic itself: a whole value, not a part of one.
MADE = {
    "${KeyArn}": "!If [MakesKey, !GetAtt Key.Arn, !Ref KeyArn]",
    "${TopicArn}": "!If [MakesTopic, !Ref Topic, !Ref TopicArn]",
}


def with_values(value, template):
    """The same with the stack's values instead of the examples."""
    if isinstance(value, dict):
        return {with_values(k, template): with_values(v, template) for k, v in value.items()}
    if isinstance(value, list):
        return [with_values(v, template) for v in value]
    if not isinstance(value, str):
        return value
    text = value.replace("${", "${!")
    for example, stands in [
        (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab", "${KeyArn}"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:costctl", "${TopicArn}"),
        (f"arn:aws:iam::{ACCOUNT}:role/costctl-central", "${CentralRoleArn}"),
        ("amzn-s3-demo-bucket", "${BucketName}"),
        ("example-external-id", "${ExternalId}"),
        ("arn:aws:", "arn:${AWS::Partition}:"),
        (ACCOUNT, "${AWS::AccountId}"),
        (REGION, "${AWS::Region}"),
    ]:
        text = text.replace(example, stands)
    return value if text == value.replace("${", "${!") else Sub(text)


def document(name, template, dashboard):
    """The lines that should stand there, not indented."""
    if name.startswith("packaging/iam/"):
        value = with_values(json.loads((ROOT / name.split()[0]).read_text()), template)
        text = yaml.dump(value, Dumper=Dumper, sort_keys=False, width=1000)
        if name.endswith(" of the installer"):
            text = re.sub(r"AWS:\n *- !Sub '\$\{CentralRoleArn\}'", "AWS: !Ref InstallerPrincipalArns", text)
        for given, made in MADE.items() if template == "central.yaml" else ():
            text = text.replace(f"!Sub '{given}'", made)
        return re.sub(r"!Sub '\$\{([A-Za-z:]+)\}'", r"!Ref \1", text)
    if name.startswith("packaging/step-functions/"):
        return "DefinitionString: |\n" + indented((ROOT / name).read_text(), 2)
    body = board(json.loads(pathlib.Path(dashboard).read_text()))
    period = "  - { Period: !FindInMap [Intervals, !Ref SweepEveryMinutes, Seconds] }\n"
    return "DashboardBody: !Sub\n  - |\n" + indented(body, 4) + period


def indented(text, spaces):
    return "".join(" " * spaces + line + "\n" for line in text.splitlines())


def board(body):
    """The dashboard, a widget a line, for any region and interval."""
    widgets = [json.dumps(widget) for widget in body.pop("widgets")]
    text = json.dumps(body)[:-1] + ', "widgets": [\n' + ",\n".join(widgets) + "\n]}\n"
    return text.replace(REGION, "${AWS::Region}").replace('"period": 3600', '"period": ${Period}').replace(", 3600)", ", ${Period})")


def renewed(path, dashboard):
    """The template as it should be."""
    text, made, at = path.read_text(), [], 0
    while found := BEGIN.search(text, at):
        indent, name = found.groups()
        end = f"{indent}# end of {name}\n"
        stop = text.index(end, found.end())
        made += [text[at : found.end()]]
        if name.startswith("costctl") and not dashboard:
            made += [text[found.end() : stop]]
        else:
            lines = document(name, path.name, dashboard).splitlines()
            made += [f"{indent}{line}".rstrip() + "\n" for line in lines]
        made += [end]
        at = stop + len(end)
    return "".join(made) + text[at:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["check", "write", "json"])
    parser.add_argument("templates", nargs="+", type=pathlib.Path)
    parser.add_argument("--dashboard")
    args = parser.parse_args()
    if args.what == "json":
        # cfn-lint's own reader, so that what is looked at is what was linted.
        from cfnlint.decode import decode

        read = [decode(str(path)) for path in args.templates]
        print(json.dumps([template for template, _ in read]))
        return sum(len(problems) for _, problems in read)
    for path in args.templates:
        is_now, should_be = path.read_text(), renewed(path, args.dashboard)
        if args.what == "write":
            path.write_text(should_be)
        elif is_now != should_be:
            print(f"{path.name} carries another document than its source")


if __name__ == "__main__":
    sys.exit(main())
