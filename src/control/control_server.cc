#include "control/control_server.h"
