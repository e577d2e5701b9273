"""Every operation of AWS services, by the models of botocore.

Arguments are names of services as botocore has them; stdout is one JSON object: service, operations.
"""

import json
import sys

import botocore.session

session = botocore.session.Session()
print(json.dumps({name: list(session.get_service_model(name).operation_names) for name in sys.argv[1:]}))
